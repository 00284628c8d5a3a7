import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { type CommandParameters, type Id, newId } from '#contracts';
import {
  type Actor,
  appliancesWithCommands,
  askCommand,
  cancelCommand,
  commandById,
  confirmCommand,
  createAppliance,
  createHousehold,
  createPerson,
  expireCommands,
  forgetCommands,
  joinHousehold,
  listAudit,
  listCommands,
  onCommand,
  openCommands,
  registryTables,
  takeCommandAnswers,
  takeCommands,
  transferAppliance,
} from '#registry';
import { HOUR, MINUTE, migrate, type Sql } from '#runtime';
import { pgliteDatabase, postgresDatabase, type TestDatabase } from '../engines/databases.ts';
import { describeEngine } from '../servers/servers.ts';

const NOW = Date.UTC(2026, 2, 1, 12);
const MODEL = 'stethos-reference-fridge';
const GOOD_FOR = { 'self-test': 60 * MINUTE, restart: 60 * MINUTE, identify: 5 * MINUTE };

describe('commands on PGlite', () => commands(pgliteDatabase));
describeEngine('PostgreSQL', 'commands', () => commands(postgresDatabase));

function commands(open: () => Promise<TestDatabase>): void {
  let database: TestDatabase;
  let sql: Sql;
  let home: Id;
  let owner: Id;
  let member: Id;
  let fridge: Id;
  beforeAll(async () => {
    database = await open();
    sql = database.sql;
    await migrate(sql, registryTables);
    home = (await createHousehold(sql, { name: 'Home', region: 'north', now: NOW })).id;
    owner = await person('owner', home);
    member = await person('member');
    await joinHousehold(sql, { person: member, household: home, as: 'member' });
  });
  afterAll(() => database?.[Symbol.asyncDispose]());
  beforeEach(async () => {
    fridge = await appliance(MODEL);
  });

  const person = async (name: string, household?: Id): Promise<Id> =>
    (
      await createPerson(sql, {
        ...{
          name,
          email: `${name}-${newId()}@example.org`,
          password: 'correct horse battery',
          role: 'owner',
          now: NOW,
        },
        ...(household === undefined ? {} : { household }),
      })
    ).id;
  const appliance = async (model: string, household: Id | undefined = home): Promise<Id> =>
    (
      await createAppliance(sql, {
        ...{ model, name: 'Fridge', now: NOW, pepper: 'a pepper of the test' },
        ...(household === undefined ? {} : { household }),
      })
    ).id;
  const by: Actor = 'platform';
  const ask = (kind: string, parameters: CommandParameters = {}, now = NOW, of = fridge) =>
    askCommand(sql, { appliance: of, kind, parameters, askedBy: owner, by, now });
  const take = (broker: string, { again = false, now = NOW, of = fridge, from = sql } = {}) =>
    takeCommands(from, { appliances: [of], again, broker, now });
  const stateOf = async (id: Id, now = NOW) => (await commandById(sql, id, now))?.state;
  const steps = async (id: Id): Promise<string[]> =>
    (await listAudit(sql, { all: true }, { before: null, limit: 50, kind: 'command', object: id })).items
      .map(({ action }) => action)
      .reverse();
  let positions = 0;
  const answer = (command: Id, payload: string | Buffer, { at = NOW, of = fridge } = {}) =>
    takeCommandAnswers(sql, [answerOf(command, payload, at, of)]);
  const answerOf = (command: string, payload: string | Buffer, at: number, of: Id) => ({
    position: ++positions,
    appliance: of,
    at,
    body: Buffer.from(JSON.stringify({ command, payload: Buffer.from(payload).toString('base64') })),
  });

  it('go from the question to the answer, and every step stands in the audit log', async () => {
    const { id, state, expiresAt } = await ask('self-test');
    expect([state, expiresAt]).toEqual(['queued', NOW + GOOD_FOR['self-test']]);
    const [due] = await take('b1', { now: NOW + MINUTE });
    expect(due).toEqual({
      appliance: fridge,
      payload: { command: id, kind: 'self-test', parameters: {}, expiresAt, at: NOW + MINUTE },
    });
    expect(await stateOf(id)).toBe('sent');
    expect(
      await answer(id, '{"outcome":"done","detail":"all well","values":{"fan":"ok","compressor_current":1.25}}', {
        at: NOW + 2 * MINUTE,
      }),
    ).toEqual([]);
    expect(await commandById(sql, id, NOW + 3 * MINUTE)).toMatchObject({
      state: 'answered',
      broker: 'b1',
      sentAt: NOW + MINUTE,
      answeredAt: NOW + 2 * MINUTE,
      result: { outcome: 'done', detail: 'all well', values: { fan: 'ok', compressor_current: 1.25 } },
    });
    expect(await steps(id)).toEqual(['command.asked', 'command.sent', 'command.answered']);
  });

  it.each(['refused', 'failed'] as const)('that the appliance says are %s have failed', async (outcome) => {
    const { id } = await ask('identify', { by: 'light' });
    await take('b1');
    await answer(id, JSON.stringify({ outcome, detail: 'the lamp is broken' }));
    expect(await commandById(sql, id, NOW)).toMatchObject({ state: 'failed', result: { outcome } });
  });

  it.each([
    ['sing', {}, 'unknown-command'],
    ['identify', {}, 'wrong-parameters'],
    ['identify', { by: 'smell' }, 'wrong-parameters'],
    ['identify', { by: 1 }, 'wrong-parameters'],
    ['self-test', { loud: 1 }, 'wrong-parameters'],
    ['self-test', { constructor: 1 }, 'wrong-parameters'],
    ['set-point', { set_point: 1.5 }, 'wrong-parameters'],
    ['set-point', { set_point: 7.5 }, 'wrong-parameters'],
    ['set-point', { set_point: 4.2 }, 'wrong-parameters'],
    ['set-point', { set_point: '4' }, 'wrong-parameters'],
  ])('of the kind %s with %j are not sent', async (kind, parameters, code) => {
    await expect(ask(kind, parameters as CommandParameters)).rejects.toMatchObject({ code, kind: 'reject' });
    expect((await list()).items).toEqual([]);
  });

  it.each([2, 4.5, 7])('take a value of their range: %d', async (degrees) => {
    expect((await ask('set-point', { set_point: degrees })).parameters).toEqual({ set_point: degrees });
  });

  it('are not known to a model without them', async () => {
    const meter = await appliance('metered-fridge');
    await expect(ask('self-test', {}, NOW, meter)).rejects.toMatchObject({
      code: 'unknown-command',
      hint: 'It takes no commands at all.',
    });
  });

  it('that are hazardous wait for an owner, who is told by mail, and are good from then on', async () => {
    const before = await mails();
    const { id, state, expiresAt } = await askCommand(sql, {
      ...{ appliance: fridge, kind: 'restart', parameters: {}, askedBy: newId(), by, now: NOW },
    });
    expect([state, expiresAt]).toEqual(['unconfirmed', NOW + 24 * HOUR]);
    expect((await mails()).slice(before.length)).toEqual([owner]);
    expect(await take('b1', { again: true })).toEqual([]);
    const confirmed = await confirmCommand(sql, { command: id, by, now: NOW + HOUR });
    expect(confirmed).toMatchObject({ state: 'queued', expiresAt: NOW + HOUR + GOOD_FOR.restart });
    expect(await take('b1', { now: NOW + HOUR })).toHaveLength(1);
    expect(await steps(id)).toEqual(['command.asked', 'command.confirmed', 'command.sent']);
  });

  it('that are hazardous and that nobody confirms within a day are over', async () => {
    const { id } = await ask('restart');
    const late = NOW + 24 * HOUR;
    await expect(confirmCommand(sql, { command: id, by, now: late })).rejects.toMatchObject({ code: 'wrong-state' });
    expect(await stateOf(id, late)).toBe('expired');
  });

  it('that are hazardous are not asked of what belongs to nobody', async () => {
    const [orphan] = await sql.query<{ id: Id }>(
      'update app.appliance set household = null where id = $1 returning id',
      [fridge],
    );
    await expect(ask('restart', {}, NOW, orphan!.id)).rejects.toMatchObject({ code: 'no-household' });
  });

  it('are cancelled while they wait, and not once they were sent', async () => {
    const [waiting, sent] = [await ask('self-test'), await ask('identify', { by: 'sound' })];
    expect(await cancelCommand(sql, { command: waiting.id, by, now: NOW })).toMatchObject({ state: 'cancelled' });
    expect((await take('b1')).map(({ payload }) => payload.command)).toEqual([sent.id]);
    await expect(cancelCommand(sql, { command: sent.id, by, now: NOW })).rejects.toMatchObject({
      code: 'wrong-state',
    });
    expect(await steps(waiting.id)).toEqual(['command.asked', 'command.cancelled']);
  });

  it('come in the order in which they were asked', async () => {
    const asked = [
      await ask('identify', { by: 'light' }),
      await ask('self-test'),
      await ask('identify', { by: 'sound' }),
    ];
    expect((await take('b1')).map(({ payload }) => payload.command)).toEqual(asked.map(({ id }) => id));
  });

  it('that two brokers want at once are given to one of them', async () => {
    for (let round = 0; round < 10; round++) {
      const { id } = await ask('self-test', {}, NOW + round * HOUR);
      const now = NOW + round * HOUR;
      const taken = await Promise.all([
        take('b1', { now }),
        take('b2', { now, from: database.other }),
        take('b3', { now }),
      ]);
      expect(taken.flat().map(({ payload }) => payload.command)).toEqual([id]);
      await answer(id, '{"outcome":"done"}', { at: now });
    }
  });

  it('that were sent and not answered are given again to whoever asks for them, and no longer once they are answered', async () => {
    const { id } = await ask('self-test');
    await take('b1');
    expect(await take('b2')).toEqual([]);
    expect((await take('b2', { again: true })).map(({ payload }) => payload.command)).toEqual([id]);
    expect(await commandById(sql, id, NOW)).toMatchObject({ broker: 'b1', sentAt: NOW });
    await answer(id, '{"outcome":"done"}');
    expect(await take('b2', { again: true })).toEqual([]);
  });

  it('that were sent and not answered come before a newer one, also from another broker', async () => {
    const first = await ask('self-test');
    await take('b1');
    const second = await ask('identify', { by: 'light' });
    expect((await take('b2')).map(({ payload }) => payload.command)).toEqual([first.id, second.id]);
    expect(await commandById(sql, first.id, NOW)).toMatchObject({ broker: 'b1' });
  });

  it('are of no use any more behind their time, and the sweep writes that down', async () => {
    const [queued, sent] = [await ask('identify', { by: 'light' }), await ask('self-test')];
    const late = NOW + GOOD_FOR.identify;
    expect((await take('b1', { now: late })).map(({ payload }) => payload.command)).toEqual([sent.id]);
    expect(await stateOf(queued.id, late - 1)).toBe('queued');
    expect(await stateOf(queued.id, late)).toBe('expired');
    const later = NOW + GOOD_FOR['self-test'];
    expect(await take('b2', { again: true, now: later })).toEqual([]);
    for (let done = 1; done > 0; ) done = await expireCommands(sql, later);
    expect(await steps(queued.id)).toEqual(['command.asked', 'command.expired']);
    expect(await steps(sent.id)).toEqual(['command.asked', 'command.sent', 'command.expired']);
  });

  it('whose answer comes late are answered all the same', async () => {
    const { id } = await ask('identify', { by: 'light' });
    await take('b1');
    await expireCommands(sql, NOW + HOUR);
    expect(await answer(id, '{"outcome":"done"}', { at: NOW + HOUR })).toEqual([]);
    expect(await stateOf(id, NOW + HOUR)).toBe('answered');
  });

  it('keep their first answer, however often it comes', async () => {
    const { id } = await ask('self-test');
    await take('b1');
    for (const payload of ['{"outcome":"done","values":{"fan":"ok"}}', '{"outcome":"failed"}', '{"outcome":"done"}'])
      expect(await answer(id, payload)).toEqual([]);
    expect(await commandById(sql, id, NOW)).toMatchObject({ state: 'answered', result: { values: { fan: 'ok' } } });
    expect(await steps(id)).toEqual(['command.asked', 'command.sent', 'command.answered']);
  });

  it.each([
    ['is not JSON', 'done', /not JSON/],
    ['says nothing of its outcome', '{}', /wrong shape/],
    ['holds what no database keeps', '{"outcome":"done","detail":"\\u0000"}', /wrong shape/],
    ['holds an infinite number', '{"outcome":"done","values":{"x":1e999}}', /wrong shape/],
    ['is not UTF-8', Buffer.from([0xff, 0x00]), /not JSON/],
  ])('take no answer that %s, and say why', async (_, payload, reason) => {
    const { id } = await ask('self-test');
    await take('b1');
    const [refused] = await answer(id, payload);
    expect(refused?.reason).toMatch(reason);
    expect(Buffer.from(refused!.payload)).toEqual(Buffer.from(payload));
    expect(await stateOf(id)).toBe('sent');
  });

  it('are answered by their own appliance alone, and only once they were sent', async () => {
    const { id } = await ask('self-test');
    const other = await appliance(MODEL);
    const nothing = 'There is no such command for this appliance.';
    const done = '{"outcome":"done"}';
    const reasons = async (refused: ReturnType<typeof answer>) => (await refused).map(({ reason }) => reason);
    expect(await reasons(answer(id, done))).toEqual(['This command was never sent: it is queued.']);
    await take('b1');
    expect(await reasons(answer(id, done, { of: other }))).toEqual([nothing]);
    expect(await reasons(answer(newId(), done))).toEqual([nothing]);
    expect(await reasons(answer('-'.repeat(36), done))).toEqual([nothing]);
    expect(await stateOf(id)).toBe('sent');
  });

  it('of a batch of answers that holds a bad one are answered by the good ones', async () => {
    const [one, two] = [await ask('self-test'), await ask('identify', { by: 'light' })];
    await take('b1');
    const answers = [one.id, newId(), two.id].map((id) => answerOf(id, '{"outcome":"done"}', NOW, fridge));
    const refused = await takeCommandAnswers(sql, answers);
    expect(refused.map(({ position }) => position)).toEqual([answers[1]!.position]);
    expect([await stateOf(one.id), await stateOf(two.id)]).toEqual(['answered', 'answered']);
  });

  it('are not carried out in another household', async () => {
    await ask('self-test');
    await sql.transaction((tx) => transferAppliance(tx, { appliance: fridge, by, now: NOW }));
    expect(await take('b1', { again: true })).toEqual([]);
    expect(await appliancesWithCommands(sql, { after: null, limit: 1_000, now: NOW })).not.toContain(fridge);
  });

  it('wake the brokers when something may be sent, and not before', async () => {
    const heard: Id[] = [];
    let wake = (): void => {};
    const stop = await onCommand(database.other, (id) => {
      heard.push(id);
      wake();
    });
    const waited = new Promise<void>((resolve) => {
      wake = () => (heard.length === 2 ? resolve() : undefined);
    });
    const second = await appliance(MODEL);
    const { id } = await ask('restart', {}, NOW, second);
    await ask('self-test');
    await confirmCommand(sql, { command: id, by, now: NOW });
    await waited;
    expect(heard).toEqual([fridge, second]);
    await stop();
  });

  it('are forgotten when they are old', async () => {
    const [old, young] = [await ask('self-test'), await ask('self-test', {}, NOW + 1)];
    await forgetCommands(sql, NOW + 1);
    expect([await stateOf(old.id), await stateOf(young.id, NOW + 1)]).toEqual([undefined, 'queued']);
  });

  it('are counted while they are open', async () => {
    const count = async (now: number) =>
      new Map((await openCommands(sql, now)).map(({ state, count: n }) => [state, n]));
    const at = NOW + 100 * HOUR;
    expect([...(await count(at)).values()]).toEqual([0, 0, 0]);
    await ask('restart', {}, at);
    await ask('identify', { by: 'light' }, at);
    await take('b1', { now: at });
    await ask('self-test', {}, at);
    expect(Object.fromEntries(await count(at))).toEqual({ unconfirmed: 1, queued: 1, sent: 1 });
    expect(Object.fromEntries(await count(at + GOOD_FOR.identify))).toEqual({ unconfirmed: 1, queued: 1, sent: 0 });
  });

  it('wait for at most twenty things at a time', async () => {
    for (let count = 0; count < 20; count++) await ask('self-test');
    await expect(ask('self-test')).rejects.toMatchObject({ code: 'too-many-commands' });
    await ask('self-test', {}, NOW + 2 * HOUR);
  });

  it('are listed newest first, page by page', async () => {
    const asked: Id[] = [];
    for (let count = 0; count < 5; count++) asked.unshift((await ask('self-test', {}, NOW + count)).id);
    const first = await list({ limit: 2 });
    const second = await list({ limit: 2, cursor: first.next });
    const third = await list({ limit: 2, cursor: second.next });
    expect([first, second, third].flatMap(({ items }) => items.map(({ id }) => id))).toEqual(asked);
    expect(third.next).toBeNull();
    expect((await list({ since: NOW + 3 })).items).toHaveLength(2);
  });

  const list = (more: { limit?: number; cursor?: string | null; since?: number } = {}) =>
    listCommands(sql, { appliance: fridge, since: 0, cursor: null, limit: 50, now: NOW, ...more });
  const mails = async (): Promise<Id[]> =>
    (
      await sql.query<{ person: Id }>(
        "select body->>'person' as person from app.outbox where topic = 'message' and body->>'kind' = 'command-unconfirmed' order by position",
      )
    ).map(({ person: to }) => to);
}
