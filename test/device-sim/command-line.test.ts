// `npm run sim`: what it says, what it writes, and how it fails.
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { newId } from '#contracts';
import { runCommand } from '../../device-sim/commands/run.ts';
import { listeningBroker } from './listening-broker.ts';

/** The command in this process, with everything it says. */
async function run(args: string[], environment: Record<string, string> = {}) {
  const said: string[] = [];
  const complained: string[] = [];
  const code = await runCommand(args, {
    say: (line) => said.push(line),
    complain: (line) => complained.push(line),
    environment,
    stop: new AbortController().signal,
  });
  return { code, out: said.join('\n'), err: complained.join('\n') };
}

let folder: string;
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'sim-'));
});
afterAll(() => rm(folder, { recursive: true }));

describe('npm run sim', () => {
  it('ends cleanly when it is interrupted', async () => {
    await using broker = await listeningBroker();
    const cli = fileURLToPath(new URL('../../device-sim/cli.ts', import.meta.url));
    const args = [cli, 'fridge', '--url', broker.mqttUrl, '--id', broker.id, '--secret', broker.secret, '--past', '2h'];
    const child = spawn(process.execPath, args, { stdio: ['ignore', 'pipe', 'inherit'] });
    const ended = once(child, 'exit');
    let out = '';
    for await (const chunk of child.stdout) {
      out += chunk;
      if (!child.killed && out.includes('connected')) child.kill('SIGINT');
    }
    expect(await ended).toEqual([0, null]);
    expect(out).toMatch(/connected[\s\S]*[1-9]\d* messages were acknowledged/);
  });

  it('explains itself, and every command explains itself', async () => {
    const { code, out } = await run(['--help']);
    expect(code).toBe(0);
    for (const command of ['fridge', 'household', 'fleet', 'replay']) {
      expect(out).toContain(command);
      const help = await run([command, '--help']);
      expect(help.code).toBe(0);
      expect(help.out).toContain('--url');
    }
  });

  it('names what is wrong and what to do', async () => {
    const id = newId();
    const known = ['--id', id, '--secret', 's'];
    const cases: [string[], RegExp][] = [
      [['toaster'], /no command "toaster"/],
      [['fridge'], /--id and --secret are needed/],
      [['fridge', '--id', 'x', '--secret', 's'], /not an appliance's id/],
      [['fridge', ...known, '--fault', 'flood'], /Known are: .*door-left-open/],
      [['fridge', ...known, '--past', '6 hours'], /not a duration/],
      [['fridge', ...known, '--rate', '60'], /--clock-from/],
      [['fridge', ...known, '--url', 'http://x'], /not an MQTT address/],
      [['fridge', ...known, '--cold'], /--cold/],
      [['fleet', '--credentials', join(folder, 'absent.json')], /cannot be read/],
      [['replay', ...known], /one CSV file/],
      [['replay', join(folder, 'absent.csv'), ...known], /cannot be read/],
    ];
    for (const [args, said] of cases) {
      const { code, err } = await run(args);
      expect(err, args.join(' ')).toMatch(said);
      expect(err).not.toMatch(/\n\s+at /);
      expect(code, args.join(' ')).toBe(2);
    }
  });

  it('a wrong secret ends the command with a word', async () => {
    await using broker = await listeningBroker();
    const { code, err } = await run(['fridge', '--url', broker.mqttUrl, '--id', broker.id, '--secret', 'wrong']);
    expect(code).toBe(2);
    expect(err).toMatch(/refused this id and secret/);
  });

  it('publishes a fridge with a fault and writes its truth', async () => {
    await using broker = await listeningBroker();
    const truth = join(folder, 'truth.jsonl');
    const args = ['fridge', '--url', broker.mqttUrl, '--past', '6h', '--for', '1s', '--truth', truth];
    const fault = ['--fault', 'door-left-open@-1h+30m', '--fault', 'party@10m'];
    const { code, err } = await run([...args, ...fault], { APPLIANCE_ID: broker.id, APPLIANCE_SECRET: broker.secret });
    expect(err).toBe('');
    expect(code).toBe(0);
    expect(new Set(broker.stamps()).size).toBeGreaterThanOrEqual(360);
    const [first, second] = (await readFile(truth, 'utf8'))
      .trim()
      .split('\n')
      .map((line) => JSON.parse(line));
    expect(first).toMatchObject({ appliance: broker.id, fault: 'door-left-open' });
    expect(first.end - first.onset).toBe(30 * 60_000);
    expect(second).toMatchObject({ fault: 'party', kind: 'habit' });
  });

  it('replays a recording and ends', async () => {
    await using broker = await listeningBroker();
    const file = join(folder, 'day.csv');
    const rows = Array.from({ length: 300 }, (_, i) => `${new Date(i * 60_000 + 1.6e12).toISOString()},${i}`);
    await writeFile(file, `time,power_w\n${rows.join('\n')}\n`);
    const args = ['replay', file, '--url', broker.mqttUrl, '--id', broker.id, '--secret', broker.secret];
    const { code, out } = await run(args);
    expect(code).toBe(0);
    expect(out).toContain('power_w -> power');
    expect(broker.taken.flatMap(({ readings }) => readings.map(({ values }) => values.power))).toEqual(
      rows.map((_, i) => i),
    );
  });
});
