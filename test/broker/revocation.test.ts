import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { upTopic } from '#contracts';
import { issueCredential, listCredentials, revokeAll, revokeCredential } from '#registry';
import { DAY } from '#runtime';
import { pgliteDatabase, postgresDatabase, type TestDatabase } from '../engines/databases.ts';
import { describeEngine } from '../servers/servers.ts';
import { type Fleet, openFleet, PEPPER } from './fleet.ts';
import { measureRevocations } from './revocations.ts';

const WRONG_CREDENTIALS = 4;

describe('credentials on PGlite', () => credentials(pgliteDatabase));
describeEngine('PostgreSQL', 'credentials', () => credentials(postgresDatabase));

function credentials(open: () => Promise<TestDatabase>): void {
  let fleet: Fleet;
  beforeAll(async () => {
    fleet = await openFleet(open);
  });
  afterAll(() => fleet?.[Symbol.asyncDispose]());

  const codeOf = async (id: string, secret: string, door: 0 | 1 = 0): Promise<number> => {
    await using client = await fleet.doors[door].open();
    return await client.connect(id, secret);
  };

  it('that are replaced stay good for a day, beside the new one', async () => {
    const { id, secret } = await fleet.appliance();
    const holder = { kind: 'appliance', id } as const;
    expect(await codeOf(id, secret)).toBe(0);
    const next = await issueCredential(fleet.sql, { holder, ...fleet.by(), pepper: PEPPER });
    expect(next.overlapEndsAt).toBe(fleet.now() + DAY);
    expect(await codeOf(id, secret)).toBe(0);
    expect(await codeOf(id, next.secret!, 1)).toBe(0);
    const before = fleet.now();
    fleet.setClock(before + DAY);
    expect(await codeOf(id, secret)).toBe(WRONG_CREDENTIALS);
    expect(await codeOf(id, next.secret!)).toBe(0);
    expect(await listCredentials(fleet.sql, id, fleet.now())).toHaveLength(1);
  });

  it('end the connection that came with them when their day is over', async () => {
    const { id, secret } = await fleet.appliance();
    const holder = { kind: 'appliance', id } as const;
    await using old = await fleet.doors[0].connect({ id, secret });
    const next = await issueCredential(fleet.sql, { holder, ...fleet.by(), pepper: PEPPER });
    await using fresh = await fleet.doors[1].connect({ id, secret: next.secret! });
    fleet.setClock(fleet.now() + DAY);
    await Promise.all(fleet.doors.map(({ broker }) => broker.lookAtAll()));
    await old.closed;
    expect(await fresh.sofar()).toEqual([]);
  });

  it('are two at most: what was issued and never used is void when the next is issued', async () => {
    const { id, secret } = await fleet.appliance();
    const holder = { kind: 'appliance', id } as const;
    expect(await codeOf(id, secret)).toBe(0);
    const lost = await issueCredential(fleet.sql, { holder, ...fleet.by(), pepper: PEPPER });
    const next = await issueCredential(fleet.sql, { holder, ...fleet.by(), pepper: PEPPER });
    expect(await listCredentials(fleet.sql, id, fleet.now())).toHaveLength(2);
    expect(await codeOf(id, secret)).toBe(0);
    expect(await codeOf(id, lost.secret!)).toBe(WRONG_CREDENTIALS);
    expect(await codeOf(id, next.secret!)).toBe(0);
  });

  it('are revoked one by one: the other one, and its connection, stay', async () => {
    const { id, secret } = await fleet.appliance();
    const holder = { kind: 'appliance', id } as const;
    await using old = await fleet.doors[0].connect({ id, secret });
    const next = await issueCredential(fleet.sql, { holder, ...fleet.by(), pepper: PEPPER });
    await using fresh = await fleet.doors[1].connect({ id, secret: next.secret! });
    const [first] = await listCredentials(fleet.sql, id, fleet.now());
    expect(await revokeCredential(fleet.sql, { holder, credential: first!.id, ...fleet.by() })).toBe(true);
    await old.closed;
    expect(await fresh.sofar()).toEqual([]);
    expect(await codeOf(id, secret)).toBe(WRONG_CREDENTIALS);
    expect(await revokeCredential(fleet.sql, { holder, credential: first!.id, ...fleet.by() })).toBe(false);
  });

  it('that are revoked say nothing any more: not even their will', async () => {
    const { id, secret } = await fleet.appliance();
    const [door] = fleet.doors;
    const will = { topic: upTopic(id, 'events'), payload: Buffer.from('x') };
    const client = await door.connect({ id, secret }, { will });
    await revokeAll(fleet.sql, { holder: { kind: 'appliance', id }, ...fleet.by() });
    await client.closed;
    const [gone] = await door.recorded(id, 'disconnected');
    expect(JSON.parse(Buffer.from(gone!.body).toString())).toMatchObject({ cause: 'refused' });
    expect((await door.records(id)).map(({ kind }) => kind)).toEqual(['connected', 'disconnected']);
  });

  it('whose revocation nobody heard of are found at the next look', async () => {
    const { id, secret } = await fleet.appliance();
    const client = await fleet.doors[0].connect({ id, secret });
    await using other = await fleet.doors[0].connect(await fleet.appliance());
    // As if it had been said while the broker's connection to the registry was away.
    await fleet.sql.query('delete from app.credential where holder = $1', [id]);
    await fleet.doors[0].broker.lookAtAll();
    await client.closed;
    expect(await other.sofar()).toEqual([]);
  });

  it('revoked while a connection with them begins never leave it open', async () => {
    for (let round = 0; round < 20; round++) {
      const { id, secret } = await fleet.appliance();
      const holder = { kind: 'appliance', id } as const;
      await using client = await fleet.doors[0].open();
      const code = client.connect(id, secret).catch(() => null);
      await revokeAll(fleet.sql, { holder, ...fleet.by() });
      // Let in first and cut then, or refused: in the end it is out.
      await code;
      await client.closed;
    }
  });

  it('of fifty live connections on two brokers are revoked: each is cut, and stays out', async () => {
    const { slowestMs, overASecond, stillIn } = await measureRevocations(fleet, 50);
    console.log(`revocations: 50, over 1 s: ${overASecond}, slowest ${Math.round(slowestMs)} ms, still in: ${stillIn}`);
    expect(stillIn).toBe(0);
    expect(slowestMs).toBeLessThan(10_000);
  });
}

describeEngine('PostgreSQL', 'a broker whose connection for notices was cut', () => {
  it('looks at everybody as soon as it is back', async () => {
    await using fleet = await openFleet(postgresDatabase);
    const { id, secret } = await fleet.appliance();
    const client = await fleet.doors[0].connect({ id, secret });
    await fleet.sql.query(
      "select pg_terminate_backend(pid) from pg_stat_activity where query ilike 'listen %' and pid <> pg_backend_pid()",
    );
    await revokeAll(fleet.sql, { holder: { kind: 'appliance', id }, ...fleet.by() });
    await client.closed;
  });
});
