import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { Id, Ledger, RejectedMessage, Replay } from '#contracts';
import { checkCounts, sweepReplays } from '#ingest';
import { openBytes } from '#registry';
import { HOUR } from '#runtime';
import { type Ask, asking } from './asking.ts';
import { type Account, NOW, openPlatform, type Platform } from './platform.ts';

let platform: Platform;
let ask: Ask;
let engineer: Account;
let administrator: Account;
let appliance: Id;

beforeAll(async () => {
  platform = await openPlatform();
  ask = asking(platform);
  engineer = await platform.account('diagnosis-engineer');
  administrator = await platform.account('administrator');
  appliance = await platform.appliance((await platform.household('Home')).id);
  await platform.hear(appliance, 'not JSON');
  await platform.hear(appliance, JSON.stringify({ at: NOW, values: { cabinet_temperature: 99 } }));
});
afterAll(() => platform[Symbol.asyncDispose]());

const rejected = async (query = ''): Promise<{ items: RejectedMessage[]; next: string | null }> =>
  (await ask(engineer, 'GET', `/quarantine${query}`)).json();
const sweep = () =>
  sweepReplays(
    {
      sql: platform.sql,
      log: platform.deps.log,
      open: (subject, sealed) => openBytes(platform.sql, subject, sealed),
      modelOf: async () => null,
    },
    NOW,
  );

describe('rejected messages', () => {
  it('of all appliances are listed with the reason, without what was said, page by page', async () => {
    const all = await rejected();
    expect(all.items).toHaveLength(2);
    expect(all.items[0]).toMatchObject({ appliance, state: 'kept', model: 'stethos-reference-fridge' });
    expect(all.items[0]).not.toHaveProperty('payload');
    const first = await rejected('?limit=1');
    const second = await rejected(`?limit=1&cursor=${first.next}`);
    expect([...first.items, ...second.items]).toEqual(all.items);
    expect(second.next).toBeNull();
    expect((await rejected('?reason=plausible')).items).toHaveLength(1);
    expect((await rejected(`?to=${new Date(NOW - HOUR).toISOString()}`)).items).toEqual([]);
    expect((await ask(engineer, 'GET', '/quarantine?cursor=elsewhere')).statusCode).toBe(400);
  });

  it('are tried again by whoever mends decoders; how far that is, is seen, and who asked is in the audit log', async () => {
    expect((await ask(engineer, 'POST', '/quarantine/replay', {})).statusCode).toBe(400);
    const asked = await ask(engineer, 'POST', '/quarantine/replay', { reason: 'plausible' });
    expect(asked.statusCode).toBe(202);
    const replay = asked.json<Replay>();
    expect(replay).toMatchObject({ total: 1, waiting: 1, accepted: 0 });
    expect(await sweep()).toEqual({ done: 1, more: false });
    await platform.settled();
    const [shown] = (await ask(engineer, 'GET', '/quarantine/replays')).json<{ items: Replay[] }>().items;
    expect(shown).toMatchObject({ id: replay.id, total: 1, refused: 1, waiting: 0 });
    expect((await rejected('?state=refused')).items).toHaveLength(1);
    const audit = (await ask(administrator, 'GET', '/audit?kind=replay')).json<{ items: object[] }>();
    expect(audit.items).toMatchObject([
      {
        action: 'quarantine.replayed',
        object: replay.id,
        actor: `person:${engineer.person.id}`,
        detail: { reason: 'plausible', messages: 1 },
      },
    ]);
  });
});

describe('the ledger', () => {
  const ledger = async (): Promise<Ledger> => (await ask(administrator, 'GET', '/ledger')).json();

  it('says what was received, what became of it, and what does not balance until that is explained', async () => {
    await platform.sql.query('delete from app.quarantine where position = (select min(position) from app.quarantine)');
    await checkCounts({ sql: platform.sql, now: () => NOW });
    const [difference, ...more] = (await ledger()).differences;
    expect(more).toEqual([]);
    expect(difference).toMatchObject({ balance: 'quarantine', appliance, expectedLow: 2, expectedHigh: 2, found: 1 });
    expect((await ledger()).checks.map(({ balance }) => balance)).toEqual(['messages', 'quarantine']);
    const settlement = `/ledger/differences/${difference!.id}/settlement`;
    expect((await ask(administrator, 'POST', settlement)).statusCode).toBe(204);
    expect((await ledger()).differences).toEqual([]);
    expect((await ask(administrator, 'POST', settlement)).statusCode).toBe(404);
  });

  it('is a figure for whoever watches', async () => {
    const id = await platform.appliance(undefined, 'Other');
    await platform.sql.query('insert into app.ledger_kept (appliance, day, messages) values ($1, 0, 3)', [id]);
    await checkCounts({ sql: platform.sql, now: () => NOW });
    const figures = (await platform.app.inject({ url: '/metrics' })).body;
    expect(figures).toContain('stethos_ledger_difference{balance="quarantine"} 3');
    expect(figures).toContain('stethos_ledger_difference{balance="messages"} 0');
  });
});
