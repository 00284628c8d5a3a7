import * as fs from 'node:fs';
import * as path from 'node:path';
import { connectAsync } from 'mqtt';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { type Id, upTopic } from '#contracts';
import { openPgliteSql, startPgliteThread } from '#engines/postgres';
import { startPlatform } from '#main';
import { authenticatePrincipal } from '#registry';
import { addAppliances } from '../../main/add-appliances.ts';
import { openAdminDoor, runFileOf } from '../../main/admin-door.ts';
import { operator } from '../../main/operate/operate.ts';
import { readPepper } from '../../main/secrets.ts';
import { databaseDir } from '../servers/database-dir.ts';
import { freePort } from '../servers/process.ts';
import { type Ended, run } from './child.ts';
import { freeSettings } from './data-folder.ts';

let folder: Disposable & { path: string };
beforeEach(async () => {
  folder = await databaseDir();
});
afterEach(() => folder[Symbol.dispose]());

const cli = (...args: string[]): Promise<Ended> =>
  run(['main/appliance-cli.ts', ...args], { MQTT_PORT: '1999', NODE_NO_WARNINGS: '1' });
const add = (...args: string[]): Promise<Ended> => cli('add', '--data', folder.path, ...args);

function printed({ out }: Ended): { id: Id; secret: string } {
  const id = /^Appliance {2}(\S+)$/m.exec(out)?.[1];
  const secret = /^Secret {5}(\S+) /m.exec(out)?.[1];
  if (!id || !secret) throw new Error(`no appliance in:\n${out}`);
  return { id, secret };
}

/** Which of them the platform would let in. */
async function known(...appliances: { id: Id; secret: string }[]): Promise<boolean[]> {
  await using stack = new AsyncDisposableStack();
  const thread = stack.use(await startPgliteThread({ dir: folder.path }));
  const sql = stack.use(openPgliteSql(thread.port()));
  const pepper = readPepper(folder.path, undefined);
  const found: boolean[] = [];
  for (const one of appliances) {
    const offer = { kind: 'secret', ...one } as const;
    found.push((await authenticatePrincipal(sql, offer, { pepper, now: Date.now() })) !== null);
  }
  return found;
}

describe('`npm run appliance -- add` while the platform is stopped', () => {
  it('makes an appliance that the platform lets in, and prints a line to try it', async () => {
    const ended = await add('--name', 'Kitchen');
    expect(ended).toMatchObject({ code: 0, err: '' });
    const made = printed(ended);
    expect(ended.out).toContain(`mosquitto_pub -h 127.0.0.1 -p 1999`);
    expect(ended.out).toContain(`-i ${made.id} -u ${made.id} -P ${made.secret} -t ${upTopic(made.id, 'telemetry')}`);
    expect(await known(made, { ...made, secret: `${made.secret}x` })).toEqual([true, false]);
  });

  it('writes many into a file that this user alone may read, also when a killed platform left its door’s file', async () => {
    const closed = `http://127.0.0.1:${await freePort()}`;
    fs.writeFileSync(runFileOf(folder.path), JSON.stringify({ url: closed, token: 'of yesterday' }));
    const out = path.join(folder.path, 'fleet.csv');
    const ended = await add('--count', '3', '--out', out);
    expect(ended).toMatchObject({ code: 0, err: '' });
    expect(fs.statSync(out).mode & 0o777).toBe(0o600);
    const [head, ...rows] = fs.readFileSync(out, 'utf8').trim().split('\n');
    expect(head).toBe('id,secret');
    const made = rows.map((row) => row.split(',')).map(([id, secret]) => ({ id: id!, secret: secret! }));
    for (const { secret } of made) expect(ended.out).not.toContain(secret);
    expect(await known(...made)).toEqual([true, true, true]);
  });

  it('says what is wrong with a wish, and what to do', async () => {
    const unknown = await add('--model', 'toaster');
    expect(unknown.code).toBe(1);
    expect(unknown.err).toContain('There is no model "toaster".');
    expect(unknown.err).toContain('Known models: stethos-reference-fridge');
    const many = await add('--count', 'some');
    expect(many.code).toBe(1);
    expect(many.err).toContain('whole number');
  });
});

describe('`npm run appliance`', () => {
  it('lists the models', async () => {
    const { code, out } = await cli('models');
    expect(code).toBe(0);
    expect(out).toContain('stethos-reference-fridge');
  });

  it('says how it is used, and fails when it does not know the word', async () => {
    expect(await cli('--help')).toMatchObject({ code: 0, out: expect.stringContaining('Usage') as string });
    expect(await cli('remove')).toMatchObject({ code: 2, out: expect.stringContaining('Usage') as string });
  });
});

describe('`npm run appliance -- add` while the platform runs', () => {
  it('goes through its door, and the appliance is let in at once', async () => {
    const platform = await startPlatform({ settings: await freeSettings(), folder: folder.path, terminalToo: false });
    await using stack = new AsyncDisposableStack();
    stack.use(platform);
    stack.use(
      await openAdminDoor(folder.path, {
        add: addAppliances({ ...platform, now: () => 0 }),
        backup: platform.backup,
        operate: operator({ ...platform, count: platform.countReadings, now: () => 0 }),
      }),
    );
    const ended = await add();
    expect(ended).toMatchObject({ code: 0, err: '' });
    const { id, secret } = printed(ended);
    expect(ended.out).toContain(`-p ${platform.mqtt.port} `);
    const client = await connectAsync(`mqtt://127.0.0.1:${platform.mqtt.port}`, {
      clientId: id,
      username: id,
      password: secret,
    });
    await client.endAsync();
    const unknown = await add('--model', 'toaster');
    expect(unknown).toMatchObject({ code: 1, err: expect.stringContaining('Known models') as string });
  });
});
