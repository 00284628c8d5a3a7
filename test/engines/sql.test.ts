// What every Sql engine promises.
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { newId } from '#contracts';
import { type Migration, migrate, PlatformError, put, type Sql, takeEach } from '#runtime';
import { describeEngine } from '../servers/servers.ts';
import { pgliteDatabase, postgresDatabase, type TestDatabase } from './databases.ts';

describe('Sql on PGlite', () => sqlContract(pgliteDatabase));
describeEngine('PostgreSQL', 'Sql', () => sqlContract(postgresDatabase));

/** Settles with what the work threw, to look at. */
const thrownBy = (work: Promise<unknown>): Promise<unknown> =>
  work.then(
    () => 'nothing',
    (error: unknown) => error,
  );

function sqlContract(open: () => Promise<TestDatabase>): void {
  let database: TestDatabase;
  let sql: Sql;
  let other: Sql;
  let tables = 0;

  beforeAll(async () => {
    database = await open();
    ({ sql, other } = database);
    await migrate(sql, []);
  });
  afterAll(() => database?.[Symbol.asyncDispose]());

  /** A table of its own for a test; returns its name. */
  async function table(columns: string): Promise<string> {
    const name = `app.t${++tables}`;
    await sql.query(`create table ${name} (${columns})`);
    return name;
  }
  const countOf = async (on: Sql, name: string): Promise<number> =>
    (await on.query<{ n: number }>(`select count(*) as n from ${name}`))[0]!.n;

  describe('types', () => {
    it('returns int8 and counts as numbers, jsonb parsed, bytes as bytes, null as null', async () => {
      const [row] = await sql.query(`select 1763756400000::int8 as at, count(*) as n, '{"a":[1,null]}'::jsonb as body,
        '\\x00ff'::bytea as bytes, null::text as nothing, true as yes, 4.5::float8 as degrees, '{1,2}'::int8[] as many`);
      expect({ ...row, bytes: [...(row!.bytes as Uint8Array)] }).toEqual({
        at: 1763756400000,
        n: 1,
        body: { a: [1, null] },
        bytes: [0, 255],
        nothing: null,
        yes: true,
        degrees: 4.5,
        many: [1, 2],
      });
    });

    it('takes numbers, text, booleans, null, JSON text, arrays and bytes as parameters', async () => {
      const name = await table('at int8, word text, yes boolean, gone text, body jsonb, ids uuid[], bytes bytea');
      const ids = [newId(), newId()];
      const body = JSON.stringify([{ 名: '冰箱' }]);
      await sql.query(`insert into ${name} values ($1, $2, $3, $4, $5, $6, $7)`, [
        1763756400000,
        "it's",
        false,
        null,
        body,
        ids,
        new Uint8Array([7, 0, 9]),
      ]);
      const [row] = await sql.query(`select * from ${name} where $1 = any(ids)`, [ids[1]]);
      expect({ ...row, bytes: [...(row!.bytes as Uint8Array)] }).toEqual({
        at: 1763756400000,
        word: "it's",
        yes: false,
        gone: null,
        body: [{ 名: '冰箱' }],
        ids,
        bytes: [7, 0, 9],
      });
    });

    it('answers several statements in one text with the rows of the last', async () => {
      expect(await sql.query('select 1 as a; select 2 as b')).toEqual([{ b: 2 }]);
    });
  });

  describe('errors', () => {
    it('name the broken rule by its SQLSTATE', async () => {
      const name = await table('id int constraint only_once unique');
      const twice = sql.query(`insert into ${name} values (1), (1)`);
      await expect(twice).rejects.toMatchObject({ code: '23505', constraint: expect.stringContaining('only_once') });
      await expect(sql.query('select 1 from app.never_made')).rejects.toMatchObject({ code: '42P01' });
    });

    it('leave the port usable', async () => {
      await thrownBy(sql.query('select wrong'));
      expect(await sql.query('select 1 as a')).toEqual([{ a: 1 }]);
    });
  });

  describe('transactions', () => {
    it('keep everything or nothing', async () => {
      const name = await table('id int');
      const insert = (tx: Sql, id: number) => tx.query(`insert into ${name} values ($1)`, [id]);
      await sql.transaction(async (tx) => {
        await insert(tx, 1);
        await insert(tx, 2);
      });
      const broken = sql.transaction(async (tx) => {
        await insert(tx, 3);
        throw new Error('changed my mind');
      });
      await expect(broken).rejects.toThrow('changed my mind');
      expect(await sql.query(`select id from ${name} order by id`)).toEqual([{ id: 1 }, { id: 2 }]);
    });

    it('return what the work returns', async () => {
      expect(await sql.transaction(async (tx) => (await tx.query('select 5 as five'))[0])).toEqual({ five: 5 });
    });

    it('are never seen half done', async () => {
      const name = await table('id int');
      const seen: number[] = [];
      const written = sql.transaction(async (tx) => {
        await tx.query(`insert into ${name} values (1)`);
        await tx.query('select pg_sleep(0.01)');
        await tx.query(`insert into ${name} values (2)`);
      });
      const look = async (): Promise<void> => void seen.push(await countOf(other, name));
      await Promise.all([written, look(), look(), look()]);
      await look();
      expect(seen.filter((n) => n === 1)).toEqual([]);
      expect(seen.at(-1)).toBe(2);
    });

    it('lose no update when many run at once, on both ports', async () => {
      const name = await table('n int');
      await sql.query(`insert into ${name} values (0)`);
      const increment = (on: Sql) =>
        on.transaction(async (tx) => {
          const [row] = await tx.query<{ n: number }>(`select n from ${name} for update`);
          await tx.query(`update ${name} set n = $1`, [row!.n + 1]);
        });
      await Promise.all(Array.from({ length: 20 }, (_, i) => increment(i % 2 ? sql : other)));
      expect(await sql.query(`select n from ${name}`)).toEqual([{ n: 20 }]);
    });

    it('undo an inner part alone', async () => {
      const name = await table('id int');
      await sql.transaction(async (tx) => {
        await tx.query(`insert into ${name} values (1)`);
        await thrownBy(
          tx.transaction(async (inner) => {
            await inner.query(`insert into ${name} values (2)`);
            throw new Error('not this');
          }),
        );
        await tx.transaction((inner) => inner.query(`insert into ${name} values (3)`));
      });
      expect(await sql.query(`select id from ${name} order by id`)).toEqual([{ id: 1 }, { id: 3 }]);
    });

    it.each([
      ['a query', (): Promise<unknown> => sql.query('select 1')],
      ['a transaction', (): Promise<unknown> => sql.transaction(async () => {})],
      ['a listen', (): Promise<unknown> => sql.listen('x', () => {})],
    ])('refuse %s on the outer port instead of waiting for themselves', async (_, ask) => {
      const error = await thrownBy(sql.transaction(() => ask()));
      expect(error).toBeInstanceOf(PlatformError);
      expect(error).toMatchObject({ code: 'nested-query', kind: 'fatal' });
      expect(await ask()).not.toBeInstanceOf(Error);
    });

    it('let work that they started ask the outer port when they are over', async () => {
      const over = Promise.withResolvers<void>();
      let later: Promise<unknown> | undefined;
      await sql.transaction(async () => {
        later = over.promise.then(() => sql.query('select 1 as a'));
      });
      over.resolve();
      expect(await later).toEqual([{ a: 1 }]);
    });

    it('refuse their tx when they are over', async () => {
      const escaped = await sql.transaction(async (tx) => ({ tx }));
      await expect(escaped.tx.query('select 1')).rejects.toMatchObject({ code: 'transaction-over' });
    });

    it('do not pass for done when the error of a statement was caught inside', async () => {
      const name = await table('id int');
      const swallowed = sql.transaction(async (tx) => {
        await tx.query(`insert into ${name} values (1)`);
        await thrownBy(tx.query('select wrong'));
      });
      await expect(swallowed).rejects.toMatchObject({ code: 'transaction-aborted' });
      expect(await countOf(sql, name)).toBe(0);
    });
  });

  describe('listen', () => {
    /** Listens and hands out what was heard; `next` waits for one more. */
    async function ear(on: Sql, channel: string) {
      const heard: string[] = [];
      let woken = (): void => {};
      const stop = await on.listen(channel, (payload) => {
        heard.push(payload);
        woken();
      });
      const until = async (last: string): Promise<string[]> => {
        while (heard.at(-1) !== last) await new Promise<void>((resolve) => (woken = resolve));
        return heard;
      };
      return { heard, stop, until };
    }
    const notify = (on: Sql, channel: string, payload: string) =>
      on.query('select pg_notify($1, $2)', [channel, payload]);

    it('hears what others notify on its channel alone', async () => {
      const { until } = await ear(sql, 'Mixed case');
      await notify(other, 'elsewhere', 'not for us');
      await notify(other, 'Mixed case', '门');
      expect(await until('门')).toEqual(['门']);
    });

    it('hears a transaction when it is kept, never one that is not', async () => {
      const { heard, until } = await ear(sql, 'kept');
      await thrownBy(
        other.transaction(async (tx) => {
          await notify(tx, 'kept', 'rolled back');
          throw new Error('no');
        }),
      );
      await other.transaction(async (tx) => {
        await notify(tx, 'kept', 'committed');
        expect(heard).toEqual([]);
      });
      expect(await until('committed')).toEqual(['committed']);
    });

    it('is heard by every listener until it stops', async () => {
      const [one, two] = [await ear(sql, 'many'), await ear(other, 'many')];
      await notify(sql, 'many', 'first');
      await Promise.all([one.until('first'), two.until('first')]);
      await one.stop();
      await notify(sql, 'many', 'second');
      expect(await two.until('second')).toEqual(['first', 'second']);
      expect(one.heard).toEqual(['first']);
    });
  });

  describe('migrate', () => {
    const twice: Migration[] = [
      {
        name: 'test/001-a',
        statements: ['create table app.migrated (id int)', 'insert into app.migrated values (1)'],
      },
      { name: 'test/002-b', statements: ['insert into app.migrated values (2)'] },
    ];

    it('applies each migration once when two come at the same time', async () => {
      const applied = await Promise.all([migrate(sql, twice), migrate(other, twice)]);
      expect(applied.flat()).toEqual(['test/001-a', 'test/002-b']);
      expect(await countOf(sql, 'app.migrated')).toBe(2);
    });

    it('leaves nothing of a migration that fails', async () => {
      const wrong: Migration = { name: 'test/003', statements: ['create table app.half (id int)', 'select wrong'] };
      await expect(migrate(sql, [...twice, wrong])).rejects.toMatchObject({ code: '42703' });
      await expect(sql.query('select 1 from app.half')).rejects.toMatchObject({ code: '42P01' });
    });

    it('refuses a database that a newer version has worked on, and says what to do', async () => {
      await expect(migrate(sql, twice.slice(0, 1))).rejects.toMatchObject({
        code: 'database-newer',
        message: expect.stringContaining('test/002-b'),
        hint: expect.stringContaining('backup'),
      });
    });
  });

  describe('outbox', () => {
    const NOW = 1_763_756_400_000;
    const leave = async (topic: string, key: string, body: object, id = newId()): Promise<string> => {
      await sql.transaction((tx) => put(tx, topic, { id, key, body }));
      return id;
    };

    it('keeps one row of what is put twice', async () => {
      const id = await leave('twice', 'k', { n: 1 });
      await leave('twice', 'k', { n: 1 }, id);
      const taken: unknown[] = [];
      const { done } = await takeEach(sql, 'twice', NOW, async (_tx, body) => void taken.push(body));
      expect({ done, taken }).toEqual({ done: 1, taken: [{ n: 1 }] });
    });

    it('gives the rows of a key in the order they were put, each once, to many takers', async () => {
      const order = [1, 2, 3, 4, 5, 6];
      for (const n of order) for (const key of ['a', 'b']) await leave('order', key, { key, n });
      const taken: { key: string; n: number }[] = [];
      const take = (on: Sql) => takeEach(on, 'order', NOW, async (_tx, body) => void taken.push(body as never));
      await Promise.all([take(sql), take(other)]);
      await take(sql);
      for (const key of ['a', 'b']) expect(taken.filter((t) => t.key === key).map((t) => t.n)).toEqual(order);
    });

    it('holds back the key of a row that fails, not the others, and tries it again later', async () => {
      const failing = await leave('fails', 'bad', { n: 1 });
      await leave('fails', 'bad', { n: 2 });
      await leave('fails', 'good', { n: 3 });
      const kept = await table('n int');
      let broken = true;
      const work = async (tx: Sql, body: unknown): Promise<void> => {
        const { n } = body as { n: number };
        await tx.query(`insert into ${kept} values ($1)`, [n]);
        if (n === 1 && broken) throw new Error('not now');
      };
      const numbers = async (): Promise<number[]> =>
        (await sql.query<{ n: number }>(`select n from ${kept} order by n`)).map(({ n }) => n);

      expect(await takeEach(sql, 'fails', NOW, work)).toEqual({
        done: 1,
        errors: [{ id: failing, message: 'not now' }],
      });
      expect(await numbers()).toEqual([3]);
      broken = false;
      expect(await takeEach(sql, 'fails', NOW, work)).toEqual({ done: 0, errors: [] });
      expect(await takeEach(sql, 'fails', NOW + 3_600_000, work)).toEqual({ done: 2, errors: [] });
      expect(await numbers()).toEqual([1, 2, 3]);
    });
  });
}
