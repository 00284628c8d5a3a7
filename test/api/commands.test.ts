// Commands by the API: who may ask what and when, and what each sees of it.
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import type { Command, Id } from '#contracts';
import { takeCommandAnswers, takeCommands, transferAppliance } from '#registry';
import { type Ask, asking } from './asking.ts';
import { type Account, MINUTE, NOW, openPlatform, type Platform } from './platform.ts';

let platform: Platform;
let ask: Ask;
let owner: Account;
let agent: Account;
let home: Id;
let fridge: Id;
beforeAll(async () => {
  platform = await openPlatform();
  ask = asking(platform);
  home = (await platform.household('Home')).id;
  owner = await platform.account('owner', home);
  agent = await platform.account('call-agent');
});
afterAll(() => platform[Symbol.asyncDispose]());
beforeEach(async () => {
  fridge = await platform.appliance(home);
});

const send = (who: Account, kind: string, parameters?: object) =>
  ask(who, 'POST', `/appliances/${fridge}/commands`, { kind, ...(parameters ? { parameters } : {}) });
const sent = async (who: Account, kind: string, parameters?: object): Promise<Command> => {
  const answer = await send(who, kind, parameters);
  expect([answer.statusCode, answer.body]).toEqual([201, expect.any(String)]);
  return answer.json<Command>();
};
const list = async (who: Account, query = ''): Promise<{ items: Command[]; next: string | null }> =>
  (await ask(who, 'GET', `/appliances/${fridge}/commands${query}`)).json();
const problemOf = (answer: Awaited<ReturnType<Ask>>) => [answer.statusCode, answer.json<{ code: string }>().code];

/** The household lets the agent do this. */
async function welcome(what: 'live-view' | 'self-test' | 'commands'): Promise<void> {
  const path = `/appliances/${fridge}/remote-sessions`;
  const asked = await ask(agent, 'POST', path, { reason: 'fault-diagnosis', minutes: 10, what });
  await ask(owner, 'POST', `/remote-sessions/${asked.json<{ id: Id }>().id}/answer`, { answer: 'yes' });
}

describe('an owner', () => {
  it('asks, and reads what came of it', async () => {
    const { id } = await sent(owner, 'set-point', { set_point: 4 });
    await takeCommands(platform.sql, { appliances: [fridge], again: false, broker: 'one', now: NOW });
    const payload = Buffer.from('{"outcome":"done","values":{"set_point":4}}').toString('base64');
    const body = Buffer.from(JSON.stringify({ command: id, payload }));
    await takeCommandAnswers(platform.sql, [{ position: 1, appliance: fridge, at: NOW, body }]);
    const at = new Date(NOW).toISOString();
    expect((await ask(owner, 'GET', `/commands/${id}`)).json()).toEqual({
      id,
      appliance: fridge,
      kind: 'set-point',
      name: { en: 'Set the temperature', zh: '设定温度' },
      parameters: { set_point: 4 },
      state: 'answered',
      by: { id: owner.person.id, name: owner.person.name },
      askedAt: at,
      expiresAt: new Date(NOW + 120 * MINUTE).toISOString(),
      sentAt: at,
      answeredAt: at,
      result: { outcome: 'done', detail: null, values: { set_point: 4 } },
    });
  });

  it.each([
    [{ kind: 'sing' }, 'unknown-command'],
    [{ kind: 'set-point', parameters: { set_point: 30 } }, 'wrong-parameters'],
    [{ kind: 'set-point' }, 'wrong-parameters'],
  ])('is told why %j cannot be', async (body, code) => {
    const answer = await ask(owner, 'POST', `/appliances/${fridge}/commands`, body);
    expect(problemOf(answer)).toEqual([422, code]);
    expect(answer.json<{ hint?: string }>().hint).toBeTruthy();
  });

  it('says yes to a hazardous one, once', async () => {
    const { id, state } = await sent(owner, 'restart');
    expect(state).toBe('unconfirmed');
    const yes = () => ask(owner, 'POST', `/commands/${id}/confirmation`, {});
    expect((await yes()).json<Command>().state).toBe('queued');
    expect(problemOf(await yes())).toEqual([409, 'wrong-state']);
  });

  it('takes back what was not sent, also what staff asked', async () => {
    await welcome('commands');
    for (const who of [owner, agent]) {
      const { id } = await sent(who, 'self-test');
      expect((await ask(owner, 'POST', `/commands/${id}/cancellation`, {})).json<Command>().state).toBe('cancelled');
    }
  });

  it('pages through what was asked, newest first', async () => {
    const ids: Id[] = [];
    for (let count = 0; count < 3; count++) {
      platform.setClock(NOW + count);
      ids.unshift((await sent(owner, 'self-test')).id);
    }
    platform.setClock(NOW);
    const first = await list(owner, '?limit=2');
    const second = await list(owner, `?limit=2&cursor=${first.next}`);
    expect([...first.items, ...second.items].map(({ id }) => id)).toEqual(ids);
    expect(second.next).toBeNull();
  });

  it('who is new sees nothing of what was asked before, nor does the one before him of what comes', async () => {
    const { id } = await sent(owner, 'self-test');
    await platform.sql.transaction((tx) => transferAppliance(tx, { appliance: fridge, by: 'platform', now: NOW + 1 }));
    const elsewhere = (await platform.household('Elsewhere')).id;
    const next = await platform.account('owner', elsewhere);
    await platform.sql.query('update app.appliance set household = $2, owned_since = $3 where id = $1', [
      fridge,
      elsewhere,
      NOW + 2,
    ]);
    platform.setClock(NOW + 3);
    expect((await list(next)).items).toEqual([]);
    expect((await ask(next, 'GET', `/commands/${id}`)).statusCode).toBe(404);
    const own = await sent(next, 'identify', { by: 'light' });
    expect((await list(next)).items.map((one) => one.id)).toEqual([own.id]);
    expect((await ask(owner, 'GET', `/commands/${own.id}`)).statusCode).toBe(404);
    platform.setClock(NOW);
  });
});

describe('a call agent', () => {
  it.each([
    ['no remote session', null, { 'self-test': 403, identify: 403, restart: 403 }],
    ['leave to look', 'live-view', { 'self-test': 403, identify: 403, restart: 403 }],
    ['leave for a self-test', 'self-test', { 'self-test': 201, 'report-now': 201, identify: 403, restart: 403 }],
    ['leave for commands', 'commands', { 'self-test': 201, identify: 201, restart: 201 }],
  ] as const)('with %s asks what the household agreed to, and nothing else', async (_, what, expected) => {
    if (what) await welcome(what);
    for (const [kind, status] of Object.entries(expected)) {
      const answer = await send(agent, kind, kind === 'identify' ? { by: 'sound' } : undefined);
      expect([kind, answer.statusCode]).toEqual([kind, status]);
      if (status === 403) expect(answer.json()).toMatchObject({ code: 'no-remote-session' });
    }
  });

  it('whose session is over asks no more', async () => {
    await welcome('commands');
    platform.setClock(NOW + 10 * MINUTE);
    expect((await send(agent, 'self-test')).statusCode).toBe(403);
    platform.setClock(NOW);
  });

  it('waits for an owner where it is hazardous; nobody else can say yes', async () => {
    await welcome('commands');
    const member = await platform.account('owner', home);
    await platform.sql.query("update app.household_member set standing = 'member' where person = $1", [
      member.person.id,
    ]);
    const { id } = await sent(agent, 'restart');
    for (const who of [agent, member])
      expect((await ask(who, 'POST', `/commands/${id}/confirmation`, {})).statusCode).toBe(403);
    expect((await ask(owner, 'POST', `/commands/${id}/confirmation`, {})).json<Command>().state).toBe('queued');
  });
});

it('a technician without work there sees no command, and sends none', async () => {
  const idle = await platform.account('technician');
  expect((await send(idle, 'self-test')).statusCode).toBe(404);
  expect((await ask(idle, 'GET', `/appliances/${fridge}/commands`)).statusCode).toBe(404);
});

it('the same request twice under one key asks once', async () => {
  const key = { 'idempotency-key': 'one-command' };
  const body = { kind: 'self-test' };
  const once = () => ask(owner, 'POST', `/appliances/${fridge}/commands`, body, key);
  const [first, second] = [await once(), await once()];
  expect([first.statusCode, second.statusCode]).toEqual([201, 201]);
  expect(second.json<Command>().id).toBe(first.json<Command>().id);
  expect((await list(owner)).items).toHaveLength(1);
});
