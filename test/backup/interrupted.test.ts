// Killed in the middle: a backup that is not whole is none, a place that is half filled is no platform, and the same command
// ends what was begun.
import * as fs from 'node:fs';
import * as os from 'node:os';
import * as path from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { readSettings } from '#main';
import { Child, run } from '../main/child.ts';
import { freeEnvironment } from '../main/data-folder.ts';
import { databaseDir } from '../servers/database-dir.ts';
import { describeEngine, present, startInfluxd, startPostgres, startRedis } from '../servers/servers.ts';
import { Life } from './lived.ts';

let stack: AsyncDisposableStack;
let folder: string;
beforeEach(() => {
  stack = new AsyncDisposableStack();
  folder = fs.mkdtempSync(path.join(os.tmpdir(), 'stethos-interrupted-'));
  stack.defer(() => fs.rmSync(folder, { recursive: true, force: true }));
});
afterEach(() => stack.disposeAsync());

const inFolder = (name: string): string => path.join(folder, name);
const command = (name: string, ...args: string[]): string[] => [`main/backup/${name}-cli.ts`, ...args];

async function lived(environment: Record<string, string>): Promise<{ data: string; pepper: string }> {
  const data = stack.use(await databaseDir()).path;
  const life = await new Life(data, readSettings({ environment, demo: false })).start();
  await life.move();
  await life.live(0, 3);
  await life.platform.settle();
  const { pepper } = life.platform;
  await life[Symbol.asyncDispose]();
  return { data, pepper };
}

/** Kills it when it has said these words. */
async function killedAt(words: string, args: readonly string[], environment: Record<string, string>): Promise<void> {
  await using child = new Child(args, environment);
  await child.says(words);
  expect((await child.kill('SIGKILL')).signal).toBe('SIGKILL');
}

describe('a backup that was killed', () => {
  it('is recognised, and made anew by the same command', async () => {
    const environment = await freeEnvironment();
    const { data } = await lived(environment);
    const to = inFolder('backup');
    const args = command('backup', '--data', data, '--to', to);
    await killedAt('Registry: ', args, environment);
    expect(fs.existsSync(to)).toBe(false);
    expect(fs.existsSync(`${to}.unfinished`)).toBe(true);
    const early = await run(command('restore', '--from', `${to}.unfinished`, '--data', inFolder('early')), environment);
    expect(early.code).toBe(1);
    expect(early.err).toContain('There is no finished backup');

    expect((await run(args, environment)).code).toBe(0);
    expect(fs.existsSync(`${to}.unfinished`)).toBe(false);
    const again = await run(args, environment);
    expect(again.err).toContain('There is something in');

    const restored = await run(command('restore', '--from', to, '--data', inFolder('restored')), environment);
    expect(restored.err).toBe('');
    expect(restored.code).toBe(0);

    fs.appendFileSync(path.join(to, 'registry', 'app.appliance.jsonl'), '\n');
    const damaged = await run(command('restore', '--from', to, '--data', inFolder('damaged')), environment);
    expect(damaged.code).toBe(1);
    expect(damaged.err).toContain('app.appliance.jsonl is not the one that was written');
  }, 480_000);
});

describeEngine('PostgreSQL', 'and', () => {
  describeEngine('Redis', 'and', () => {
    describeEngine('InfluxDB', 'a move that was killed', () => {
      it('at each of its steps leaves no platform behind, and is ended by the same command', async () => {
        const { data, pepper } = await lived(await freeEnvironment());
        const postgres = stack.use(present(await startPostgres()));
        const redis = stack.use(present(await startRedis({ appendOnly: true })));
        const influx = stack.use(present(await startInfluxd()));
        const environment = await freeEnvironment({
          DATABASE_URL: postgres.url,
          LOG_REDIS_URL: redis.url,
          LOG_PARTITIONS: '4',
          INFLUX_URL: influx.url,
          INFLUX_TOKEN: influx.token,
          INFLUX_ORG: influx.org,
          INFLUX_BUCKET: influx.bucket,
          SECRET_PEPPER: pepper,
          // The clock of these tests is not InfluxDB's.
          ROLLUP_DAYS: '3650',
        });
        const target = inFolder('moved');
        const args = command('move', '--data', data, '--to', target);
        await killedAt('Registry: ', args, environment);
        const settings = readSettings({ environment, demo: false });
        for (const words of ['Restored the log', 'Restored the readings', 'Restored the registry']) {
          await killedAt(words, args, environment);
          await expect(new Life(inFolder('early'), settings).start()).rejects.toMatchObject({
            code: 'restore-unfinished',
          });
        }
        const ended = await run(args, environment);
        expect(ended.err).toBe('');
        expect(ended.out).toContain('Everything is there');
        expect(ended.out).not.toContain('differs');
        await using moved = await new Life(target, settings).start();
        expect(moved.platform.url).toEqual(expect.any(String));

        expect((await run(args, environment)).err).toContain('already');
        const old = await run(['main/start.ts', '--data', data], await freeEnvironment());
        expect(old.code).toBe(1);
        expect(old.err).toContain('was moved, or is being moved');
      }, 480_000);
    });
  });
});
