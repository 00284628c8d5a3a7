// The ledger and quarantine of a whole platform, as its operator meets them.
import { execFile } from 'node:child_process';
import { connectAsync } from 'mqtt';
import { afterEach, beforeEach, expect, it } from 'vitest';
import { upTopic } from '#contracts';
import { startPlatform } from '#main';
import { createAppliance } from '#registry';
import { HOUR, MINUTE, manualClock } from '#runtime';
import { openAdminDoor } from '../../main/admin-door.ts';
import { operator } from '../../main/operate/operate.ts';
import { databaseDir } from '../servers/database-dir.ts';
import { freeSettings } from './data-folder.ts';

const NOW = Date.UTC(2026, 2, 2, 9);
let folder: Disposable & { path: string };
beforeEach(async () => {
  folder = await databaseDir();
});
afterEach(() => folder[Symbol.dispose]());

const cli = (command: 'ledger' | 'quarantine', ...words: string[]): Promise<{ code: number; text: string }> =>
  new Promise((resolve) => {
    const file = `main/operate/${command}-cli.ts`;
    execFile(process.execPath, [file, ...words, '--data', folder.path], (error, out, err) =>
      resolve({ code: error ? 1 : 0, text: out + err }),
    );
  });

const refuse = async (): Promise<never> => {
  throw new Error('not asked here');
};

it('the operator sees that everything balances, what was rejected and why, has it tried again, and hears of a row that is gone', async () => {
  const clock = manualClock(NOW);
  const settings = await freeSettings();
  {
    await using stack = new AsyncDisposableStack();
    const platform = stack.use(
      await startPlatform({ settings, folder: folder.path, clock: clock.spec, terminalToo: false }),
    );
    const operate = operator({ ...platform, count: platform.countReadings, now: () => clock.clock.now() });
    stack.use(await openAdminDoor(folder.path, { add: refuse, backup: refuse, operate }));
    const { sql, pepper, mqtt } = platform;
    const { id, secret } = await createAppliance(sql, {
      model: 'stethos-reference-fridge',
      name: 'Fridge',
      now: NOW,
      pepper,
    });
    const client = await connectAsync(`mqtt://127.0.0.1:${mqtt.port}`, {
      clientId: id,
      username: id,
      password: secret,
    });
    const say = (payload: string) => client.publishAsync(upTopic(id, 'telemetry'), payload, { qos: 1 });
    for (let seq = 1; seq <= 3; seq++) await say(JSON.stringify({ seq, values: { cabinet_temperature: seq } }));
    await say('not JSON');
    await client.endAsync();
    await platform.settle();
    for (const minutes of [61, 1, 1]) {
      clock.set(clock.clock.now() + minutes * MINUTE);
      await platform.settle();
    }
    const balanced = await cli('ledger', 'check');
    expect(balanced).toMatchObject({ code: 0, text: expect.stringContaining('The ledger balances.') as string });
    expect(balanced.text).toContain('4 received, 3 decoded, 1 quarantined');

    const rejected = await cli('quarantine', 'list');
    expect(rejected.text).toContain('The payload is not JSON');
    const [position] = rejected.text.split(' ');
    expect((await cli('quarantine', 'show', position!)).text).toContain('not JSON');
    expect(await cli('quarantine', 'replay')).toMatchObject({ code: 1 });
    expect((await cli('quarantine', 'replay', '--id', position!)).text).toContain('1 message(s), 1 waiting');
    await platform.settle();
    await platform.settle();
    expect((await cli('quarantine', 'replays')).text).toContain('1 message(s), 1 refused');

    await sql.query('update app.ledger_hour set decoded = decoded - 1');
    const broken = await cli('ledger', 'check');
    expect(broken.code).toBe(1);
    expect(broken.text).toContain(`appliance ${id}`);
    expect(broken.text).toContain('expected 4, found 3');
    const readiness = await fetch(`${platform.url}/readyz`);
    expect(readiness.status).toBe(200);
    expect(await readiness.json()).toMatchObject({ ok: true, checks: { ledger: expect.stringContaining('degraded') } });
    const figures = await (await fetch(`${platform.url}/metrics`)).text();
    expect(figures).toContain('stethos_ledger_difference{balance="messages"} 1');
    clock.set(NOW + 2 * HOUR);
  }
  // Of a platform that does not run it is asked in the folder itself.
  expect((await cli('quarantine', 'list')).text).toContain('The payload is not JSON');
}, 300_000);
