// Several brokers on one database, as several processes would run them.
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { brokerTables, type Peers, sqlPeers } from '#broker';
import { type Id, newId, noticesTopic, upTopic } from '#contracts';
import { migrate, type Sql } from '#runtime';
import { pgliteDatabase, postgresDatabase, type TestDatabase } from '../engines/databases.ts';
import { describeEngine } from '../servers/servers.ts';
import { bodies, type Door, MODEL, openDoor } from './door.ts';
import type { RawClient } from './raw-client.ts';

const LEASE_MS = 600;
const SECRET = 'secret';
describe('brokers on PGlite', () => brokers(pgliteDatabase));
describeEngine('PostgreSQL', 'brokers', () => brokers(postgresDatabase));

function brokers(open: () => Promise<TestDatabase>): void {
  let database: TestDatabase;
  let stack: AsyncDisposableStack;
  beforeEach(async () => {
    stack = new AsyncDisposableStack();
    database = stack.use(await open());
    await migrate(database.sql, brokerTables);
  });
  afterEach(() => stack.disposeAsync());

  const doorAt = async (id: string, sql: Sql, through = (peers: Peers): Peers => peers): Promise<Door> =>
    stack.use(
      await openDoor({
        brokerId: id,
        peers: through(sqlPeers(sql, { id, leaseMs: LEASE_MS })),
        authenticate: async (_, secret) => (secret === SECRET ? { model: MODEL } : null),
      }),
    );
  const both = async (): Promise<[Door, Door]> => [
    await doorAt('one', database.sql),
    await doorAt('two', database.other),
  ];
  /** Resolves when its first announcement is out. */
  const heardOf = () => {
    const { promise, resolve } = Promise.withResolvers<void>();
    const through = (peers: Peers): Peers => ({
      ...peers,
      announce: async (clients) => {
        const number = await peers.announce(clients);
        resolve();
        return number;
      },
    });
    return { promise, through };
  };

  const connect = (door: Door, id: Id): Promise<RawClient> => door.connect({ id, secret: SECRET });
  const lastCause = async (door: Door, id: Id): Promise<unknown> =>
    JSON.parse(bodies(await door.recorded(id, 'disconnected')).at(-1)!);

  it('leave an appliance that comes to another one its new connection alone', async () => {
    const [first, second] = [heardOf(), heardOf()];
    const one = await doorAt('one', database.sql, first.through);
    const two = await doorAt('two', database.other, second.through);
    const id = newId();
    const before = await connect(one, id);
    await first.promise;
    const after = await connect(two, id);
    await before.closed;
    expect(await lastCause(one, id)).toEqual({ broker: 'one', cause: 'replaced' });
    expect(await after.sofar()).toEqual([]);
    await second.promise;
    const back = await connect(one, id);
    await after.closed;
    expect(await lastCause(two, id)).toEqual({ broker: 'two', cause: 'replaced' });
    back.publish(upTopic(id, 'telemetry'), 'still here', 1, 5);
    expect((await back.next('puback')).messageId).toBe(5);
  });

  it('leave exactly one connection of each, however many come to both at once', async () => {
    const [one, two] = await both();
    const ids = Array.from({ length: 40 }, newId);
    const pairs = await Promise.all(
      ids.map((id, index) =>
        Promise.all(index % 2 ? [connect(one, id), connect(two, id)] : [connect(two, id), connect(one, id)]),
      ),
    );
    for (const [a, b] of pairs) {
      const first = await Promise.race([a!.closed.then(() => a!), b!.closed.then(() => b!)]);
      const left = first === a ? b! : a!;
      expect(await left.sofar()).toEqual([]);
      await left.drop();
    }
  });

  it('that did not hear what another one said find out when they hear again', async () => {
    const ears = { open: false, missed: () => {} };
    const [first, second] = [heardOf(), heardOf()];
    const one = await doorAt('one', database.sql, (peers) => ({
      ...first.through(peers),
      listen(heard, missed) {
        ears.missed = missed;
        return peers.listen((arrivals) => ears.open && heard(arrivals), missed);
      },
    }));
    const two = await doorAt('two', database.other, second.through);
    const id = newId();
    const older = await connect(one, id);
    await first.promise;
    const newer = await connect(two, id);
    await second.promise;
    expect(await older.sofar()).toEqual([]);
    ears.open = true;
    ears.missed();
    await older.closed;
    expect(await lastCause(one, id)).toEqual({ broker: 'one', cause: 'replaced' });
    expect(await newer.sofar()).toEqual([]);
  });

  it('tell of one that is gone without a word once, all together', async () => {
    const [one, two] = await both();
    await database.sql.query("insert into app.broker (id, leased_until) values ('gone', 0)");
    const said = await Promise.race([one.recorded('', 'lost-broker'), two.recorded('', 'lost-broker')]);
    expect(bodies(said)).toEqual(['{"broker":"gone"}']);
    const brokers = await database.sql.query<{ id: string }>('select id from app.broker order by id');
    expect(brokers.map(({ id }) => id)).toEqual(['one', 'two']);
    const everything = [...(await one.everything()), ...(await two.everything())];
    expect(everything.filter(({ kind }) => kind === 'lost-broker')).toHaveLength(1);
  });

  it('that were taken for lost say again who is there', async () => {
    const one = await doorAt('one', database.sql);
    const id = newId();
    await using client = await connect(one, id);
    await one.recorded(id, 'connected');
    await database.sql.query("delete from app.broker where id = 'one'");
    expect(bodies(await one.recorded(id, 'connected', 2))).toEqual(['{"broker":"one"}', '{"broker":"one"}']);
    expect(await client.subscribe(noticesTopic(id))).toEqual([1]);
  });

  it('that end take their leave', async () => {
    const [one, two] = await both();
    await one.stop();
    expect(await database.sql.query('select id from app.broker')).toEqual([{ id: 'two' }]);
    await two.broker.tick();
    expect((await two.everything()).filter(({ kind }) => kind === 'lost-broker')).toEqual([]);
  });
}
