// The whole platform: an owner asks over the API, the appliance does it, and the owner reads what came of it.
import { execFile } from 'node:child_process';
import { promisify } from 'node:util';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { type Command, commandsTopic, type Id, resultTopic } from '#contracts';
import { startDevice } from '#device-sim';
import { listQuarantine } from '#ingest';
import { type Platform, startPlatform } from '#main';
import { createAppliance, createHousehold, createPerson } from '#registry';
import { HOUR, manualClock } from '#runtime';
import { databaseDir } from '../servers/database-dir.ts';
import { findTool } from '../servers/process.ts';
import { freeSettings } from './data-folder.ts';

const NOW = Date.UTC(2026, 2, 2, 9);
const LOG_IN = { email: 'owner@example.org', password: 'correct horse battery' };
const sub = findTool('mosquitto_sub');
const pub = findTool('mosquitto_pub');
const run = promisify(execFile);

describe('a command', () => {
  const stack = new AsyncDisposableStack();
  const clock = manualClock(NOW);
  let platform: Platform;
  let household: Id;
  let cookie: string;
  beforeAll(async () => {
    const folder = await databaseDir();
    stack.defer(() => folder[Symbol.dispose]());
    platform = stack.use(
      await startPlatform({
        settings: await freeSettings(),
        folder: folder.path,
        clock: clock.spec,
        terminalToo: false,
        onFatal: (why) => {
          throw new Error(why);
        },
      }),
    );
    household = (await createHousehold(platform.sql, { name: 'Home', region: 'north', now: NOW })).id;
    await createPerson(platform.sql, { ...LOG_IN, name: 'Owner', role: 'owner', household, now: NOW });
    const answer = await ask('POST', '/sessions', LOG_IN);
    cookie = answer.headers.get('set-cookie')!.split(';')[0]!;
  });
  afterAll(() => stack.disposeAsync());

  const ask = (method: 'GET' | 'POST', path: string, body?: object): Promise<Response> =>
    fetch(`${platform.url}/api/v1${path}`, {
      method,
      headers: { cookie: cookie ?? '', ...(body ? { 'content-type': 'application/json' } : {}) },
      ...(body ? { body: JSON.stringify(body) } : {}),
    });
  const json = async (method: 'GET' | 'POST', path: string, body?: object): Promise<Command> => {
    const answer = await ask(method, path, body);
    if (!answer.ok) throw new Error(`${method} ${path}: ${answer.status} ${await answer.text()}`);
    return (await answer.json()) as Command;
  };
  const fridge = () =>
    createAppliance(platform.sql, {
      ...{ model: 'stethos-reference-fridge', name: 'Fridge', household, now: NOW, pepper: platform.pepper },
    });

  it('is asked of a simulated refrigerator, which does it', async () => {
    const unit = await fridge();
    const answered = Promise.withResolvers<void>();
    await using device = startDevice({
      ...{ mqttUrl: `mqtt://127.0.0.1:${platform.mqtt.port}`, ...unit, seed: 3, now: () => NOW, live: false },
      ...{ manner: 'obeys', on: { answered: () => answered.resolve() } },
    });
    const { id, state } = await json('POST', `/appliances/${unit.id}/commands`, { kind: 'self-test' });
    expect(state).toBe('queued');
    await device.catchUp();
    await answered.promise;
    await platform.settle();
    expect(await json('GET', `/commands/${id}`)).toMatchObject({
      state: 'answered',
      name: { en: 'Self-test', zh: '自检' },
      by: { name: 'Owner' },
      result: { outcome: 'done', detail: 'all parts work', values: { fan_turns: true } },
    });
  });

  it('that is hazardous waits for the owner’s yes, and that nobody hears is over in time', async () => {
    const unit = await fridge();
    const { id, state } = await json('POST', `/appliances/${unit.id}/commands`, { kind: 'restart' });
    expect(state).toBe('unconfirmed');
    expect((await json('POST', `/commands/${id}/confirmation`, {})).state).toBe('queued');
    clock.set(NOW + HOUR);
    await platform.settle();
    const [row] = await platform.sql.query('select state from app.command where id = $1', [id]);
    expect(row).toEqual({ state: 'expired' });
    clock.set(NOW);
  });

  it.skipIf(!sub || !pub)('is heard with mosquitto_sub and answered with mosquitto_pub', async () => {
    const unit = await fridge();
    const as = ['-h', '127.0.0.1', '-p', `${platform.mqtt.port}`, '-i', unit.id, '-u', unit.id, '-P', unit.secret];
    const sent = await json('POST', `/appliances/${unit.id}/commands`, {
      ...{ kind: 'set-point', parameters: { set_point: 4.5 } },
    });
    const { stdout } = await run(sub!, [...as, '-q', '1', '-t', commandsTopic(unit.id), '-C', '1', '-W', '20']);
    expect(JSON.parse(stdout)).toMatchObject({ command: sent.id, kind: 'set-point', parameters: { set_point: 4.5 } });
    const topic = resultTopic({ gateway: null, appliance: unit.id, command: sent.id });
    await run(pub!, [...as, '-q', '1', '-t', topic, '-m', '{"outcome":"done"}']);
    await run(pub!, [...as, '-q', '1', '-t', topic.replace(sent.id, unit.id), '-m', '{"outcome":"done"}']);
    await platform.settle();
    expect((await json('GET', `/commands/${sent.id}`)).state).toBe('answered');
    const kept = await listQuarantine(platform.sql, { appliance: unit.id, limit: 10 });
    expect(kept.map(({ reason }) => reason)).toEqual(['There is no such command for this appliance.']);
  });
});
