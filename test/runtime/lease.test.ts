// Leases on real databases: who holds a partition, and what a process may still commit that lost it.
import fc from 'fast-check';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import {
  holding,
  keepFrom,
  type Lease,
  migrate,
  neededFrom,
  PartitionKeeper,
  type Sql,
  saveCheckpoint,
  takeLease,
} from '#runtime';
import { pgliteDatabase, postgresDatabase, type TestDatabase } from '../engines/databases.ts';
import { describeEngine } from '../servers/servers.ts';

const CONSUMER = 'test';
const NAME = { consumer: CONSUMER, partition: 0 };
const quiet = { info() {}, warn() {}, error() {} };

describe('leases on PGlite', () => suite(pgliteDatabase));
describeEngine('PostgreSQL', 'leases', () => suite(postgresDatabase));

function suite(open: () => Promise<TestDatabase>): void {
  let database: TestDatabase;
  let sql: Sql;
  beforeAll(async () => {
    database = await open();
    sql = database.sql;
    await migrate(sql, []);
    await sql.query('create table app.effect (record int not null)');
  });
  afterAll(() => database?.[Symbol.asyncDispose]());
  beforeEach(async () => {
    await sql.query('truncate app.consumer, app.member, app.effect');
  });

  /** As when its owner was silent for long enough. */
  const runOut = (): Promise<unknown> => sql.query('update app.consumer set leased_until = 0');

  /** Takes everything up to `position`: the results and the position as one. */
  const commit = (on: Sql, lease: Lease, from: number, position: number): Promise<void> =>
    on.transaction(async (tx) => {
      await saveCheckpoint(tx, lease, position);
      for (let record = from; record < position; record++)
        await tx.query('insert into app.effect (record) values ($1)', [record]);
    });

  const effects = async (): Promise<number[]> =>
    (await sql.query<{ record: number }>('select record from app.effect order by record')).map(({ record }) => record);

  it('go to one of many who ask at once', async () => {
    const asked = await Promise.all(
      Array.from({ length: 12 }, (_, index) =>
        takeLease(index % 2 ? sql : database.other, NAME, { owner: `p${index}` }),
      ),
    );
    expect(asked.filter((lease) => lease !== null)).toHaveLength(1);
  });

  it('are not given while they last, are given when they are over, and to their owner again at once', async () => {
    const first = (await takeLease(sql, NAME, { owner: 'a' }))!;
    expect(await takeLease(sql, NAME, { owner: 'b' })).toBeNull();
    const again = (await takeLease(sql, NAME, { owner: 'a' }))!;
    expect(again.epoch).toBe(first.epoch + 1);
    await runOut();
    const taken = (await takeLease(sql, NAME, { owner: 'b' }))!;
    expect(taken.epoch).toBe(again.epoch + 1);
  });

  it('that were lost commit nothing, and say so', async () => {
    const first = (await takeLease(sql, NAME, { owner: 'a' }))!;
    await commit(sql, first, 0, 3);
    await runOut();
    const second = (await takeLease(sql, NAME, { owner: 'b' }))!;
    expect(second.position).toBe(3);
    const late = [
      () => commit(sql, first, 3, 5),
      () => keepFrom(sql, first, 3),
      () => sql.transaction((tx) => holding(tx, first)),
    ];
    for (const write of late) await expect(write()).rejects.toMatchObject({ code: 'lease-lost' });
    expect([first.over, second.over, await effects()]).toEqual([true, false, [0, 1, 2]]);
    expect([first.good(0), second.good(1_000), second.good(60_000)]).toEqual([false, true, false]);
  });

  it('cannot be taken while their owner commits, however late it is', async () => {
    const first = (await takeLease(sql, NAME, { owner: 'a' }))!;
    await runOut();
    const held = Promise.withResolvers<void>();
    const inside = Promise.withResolvers<void>();
    const committing = sql.transaction(async (tx) => {
      await saveCheckpoint(tx, first, 7);
      inside.resolve();
      await held.promise;
    });
    await inside.promise;
    const asking = takeLease(database.other, NAME, { owner: 'b' });
    held.resolve();
    await committing;
    expect(await asking).toBeNull();
  });

  it('keep results and position together through every order of taking, committing, failing and coming back late', async () => {
    type Owner = { lease: Lease | null };
    const step = fc.record({
      who: fc.integer({ min: 0, max: 2 }),
      what: fc.constantFrom('take', 'commit', 'commit', 'fail in between', 'run out', 'keep from'),
      count: fc.integer({ min: 0, max: 4 }),
    });
    await fc.assert(
      fc.asyncProperty(fc.array(step, { maxLength: 30 }), async (steps) => {
        await sql.query('truncate app.consumer, app.effect');
        const owners: Owner[] = [{ lease: null }, { lease: null }, { lease: null }];
        let holder = -1;
        let free = true;
        let position = 0;
        for (const { who, what, count } of steps) {
          const owner = owners[who]!;
          if (what === 'run out') {
            await runOut();
            free = true;
          } else if (what === 'take') {
            const lease = await takeLease(sql, NAME, { owner: String(who) });
            expect(lease !== null).toBe(free || holder === who);
            if (!lease) continue;
            expect(lease.position).toBe(position);
            [owner.lease, holder, free] = [lease, who, false];
          } else if (owner.lease) {
            const mine = holder === who;
            if (what === 'fail in between') {
              await expect(
                sql.transaction(async (tx) => {
                  await saveCheckpoint(tx, owner.lease!, position + 1);
                  throw new Error('killed');
                }),
              ).rejects.toThrow();
            } else {
              const act =
                what === 'keep from'
                  ? keepFrom(sql, owner.lease, position)
                  : commit(sql, owner.lease, position, position + count);
              if (!mine) await expect(act).rejects.toMatchObject({ code: 'lease-lost' });
              else {
                await act;
                free = false;
                if (what === 'commit') position += count;
              }
            }
            if (!mine) owner.lease = null;
          }
        }
        expect(await effects()).toEqual(Array.from({ length: position }, (_, record) => record));
      }),
      { numRuns: 60 },
    );
  });

  it('say from where on the log is needed: from the least of all consumers, and from its beginning before one began', async () => {
    const [one, other] = [
      (await takeLease(sql, NAME, { owner: 'a' }))!,
      (await takeLease(sql, { consumer: 'other', partition: 0 }, { owner: 'a' }))!,
    ];
    await keepFrom(sql, one, 50);
    await keepFrom(sql, other, 30);
    const needed = await neededFrom(sql, [CONSUMER, 'other'], 2);
    expect(needed.sort((a, b) => a.partition - b.partition)).toEqual([
      { partition: 0, position: 30 },
      { partition: 1, position: 0 },
    ]);
  });
}

describeEngine('PostgreSQL', 'partitions among processes', () => {
  let database: TestDatabase;
  beforeAll(async () => {
    database = await postgresDatabase();
    await migrate(database.sql, []);
  });
  afterAll(() => database?.[Symbol.asyncDispose]());

  type Worker = AsyncDisposable & { partition: number };

  it('are shared fairly, each with one owner at any time, and move when one leaves or is cut off', async () => {
    const PARTITIONS = 8;
    const owners = new Map<number, string>();
    const clashes: string[] = [];
    const cutOff = new Set<string>();
    const keeperOf = (id: string): PartitionKeeper<Worker> =>
      new PartitionKeeper<Worker>({
        sql: cuttable(database.sql, () => cutOff.has(id)),
        consumer: CONSUMER,
        partitions: PARTITIONS,
        member: { id, alone: false },
        logger: quiet,
        intruder: (error) => {
          throw error;
        },
        open: async ({ partition }) => {
          const before = owners.get(partition);
          if (before !== undefined && !cutOff.has(before)) clashes.push(`${partition}: ${before} and ${id}`);
          owners.set(partition, id);
          return {
            partition,
            async [Symbol.asyncDispose]() {
              if (owners.get(partition) === id) owners.delete(partition);
            },
          };
        },
      });
    await using stack = new AsyncDisposableStack();
    const keepers = Array.from({ length: 8 }, (_, index) => stack.use(keeperOf(`process ${index}`)));
    const held = (): number[] => keepers.map(({ works }) => works.length);
    const settled = async (what: string, wanted: (counts: number[]) => boolean): Promise<void> => {
      for (const end = performance.now() + 60_000; !wanted(held()); ) {
        if (performance.now() > end) throw new Error(`${what}: ${held()}`);
        await new Promise((resolve) => setTimeout(resolve, 20));
      }
    };
    await keepers[0]!.start();
    await settled('one has all', (counts) => counts[0] === PARTITIONS);
    await Promise.all(keepers.slice(1).map((keeper) => keeper.start()));
    await settled('each has one', (counts) => counts.every((count) => count === 1));
    await Promise.all(keepers.slice(4).map((keeper) => keeper[Symbol.asyncDispose]()));
    await settled('each of four has two', (counts) => counts.slice(0, 4).every((count) => count === 2));
    cutOff.add('process 0');
    await settled('the others have all', (counts) => counts[1]! + counts[2]! + counts[3]! === PARTITIONS);
    cutOff.delete('process 0');
    await settled('it is back among them', (counts) => counts.slice(0, 4).every((count) => count === 2));
    expect(clashes).toEqual([]);
  });

  it('are all taken by who believes to be alone, who hears of it when it is not', async () => {
    await database.sql.query('truncate app.consumer');
    const heard: string[] = [];
    const alone = (id: string): PartitionKeeper<AsyncDisposable> =>
      new PartitionKeeper({
        sql: database.sql,
        consumer: CONSUMER,
        partitions: 1,
        member: { id, alone: true },
        logger: quiet,
        intruder: ({ code }) => void heard.push(`${id}: ${code}`),
        open: async (lease) => {
          const timer = setInterval(() => void keepFrom(database.sql, lease, 1).catch(() => {}), 50);
          return { [Symbol.asyncDispose]: async () => clearInterval(timer) };
        },
      });
    await using one = alone('one');
    await using other = alone('other');
    await one.start();
    await other.start();
    for (const end = performance.now() + 60_000; heard.length === 0 && performance.now() < end; )
      await new Promise((resolve) => setTimeout(resolve, 20));
    expect(heard).toEqual(['one: not-alone']);
  });

  function cuttable(sql: Sql, isCut: () => boolean): Sql {
    const check = (): void => {
      if (isCut()) throw new Error('the database does not answer');
    };
    return {
      async query<Row extends object>(text: string, params?: readonly unknown[]) {
        check();
        return sql.query<Row>(text, params);
      },
      async transaction(work) {
        check();
        return sql.transaction(work);
      },
      listen: (channel, heard, missed) => sql.listen(channel, heard, missed),
    };
  }
});
