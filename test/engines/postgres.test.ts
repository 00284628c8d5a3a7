// What only a PostgreSQL server can do to us: be away, refuse, and come back.
import { afterAll, beforeAll, expect, it } from 'vitest';
import { openPostgres, type Postgres } from '#engines/postgres';
import { PlatformError } from '#runtime';
import { freePort } from '../servers/process.ts';
import { describeEngine, type PostgresServer, present, startPostgres } from '../servers/servers.ts';

describeEngine('PostgreSQL', 'The connection', () => {
  let server: PostgresServer;
  let postgres: Postgres;

  beforeAll(async () => {
    server = present(await startPostgres());
    postgres = await openPostgres({ url: server.url });
  });
  afterAll(async () => {
    await postgres?.[Symbol.asyncDispose]();
    await server?.[Symbol.asyncDispose]();
  });

  /** Asks until it succeeds; every failure on the way must be one that may be tried again. */
  async function untilItSucceeds<T>(ask: () => Promise<T>): Promise<T> {
    for (;;) {
      try {
        return await ask();
      } catch (error) {
        expect(error).toMatchObject({ code: 'database-unreachable', kind: 'retry' });
      }
    }
  }

  it('says where nothing answers and what to look at', async () => {
    const port = await freePort();
    const opened = openPostgres({ url: `postgres://stethos:a-secret@127.0.0.1:${port}/stethos` });
    const error: unknown = await opened.catch((thrown: unknown) => thrown);
    expect(error).toBeInstanceOf(PlatformError);
    expect(error).toMatchObject({
      code: 'database-unreachable',
      kind: 'retry',
      message: expect.stringContaining(`127.0.0.1:${port}/stethos`),
      hint: expect.stringContaining('DATABASE_URL'),
    });
    expect(String(error)).not.toContain('a-secret');
  });

  it('says that the database does not exist', async () => {
    const url = server.url.replace(/postgres$/, 'never_made');
    await expect(openPostgres({ url })).rejects.toMatchObject({
      code: 'database-unreachable',
      message: expect.stringContaining('never_made'),
      hint: expect.stringContaining('createdb'),
    });
  });

  it('gives the pool of the queue int8 as text and the schema of the queue first', async () => {
    const { rows } = await postgres.pool.query("select 5::int8 as n, current_setting('search_path') as path");
    expect(rows).toEqual([{ n: '5', path: 'bullmq, public' }]);
  });

  it('comes back after the server was away, and hears again', async () => {
    const heard = Promise.withResolvers<string>();
    await postgres.sql.listen('news', heard.resolve);
    await server.stop();
    await expect(postgres.sql.query('select 1')).rejects.toMatchObject({ kind: 'retry' });
    await expect(postgres.sql.transaction(async () => {})).rejects.toMatchObject({ kind: 'retry' });
    await server.start();
    await untilItSucceeds(() => postgres.sql.query('select 1'));

    let listening = true;
    heard.promise.then(() => {
      listening = false;
    });
    while (listening) await postgres.sql.query("select pg_notify('news', '回来了'), pg_sleep(0.02)");
    expect(await heard.promise).toBe('回来了');
  });

  it('tells a transaction that lost its connection, keeps nothing of it, and goes on', async () => {
    await postgres.sql.query('create table public.cut (n int)');
    const cut = postgres.sql.transaction(async (tx) => {
      await tx.query('insert into public.cut values (1)');
      await tx.query('select pg_terminate_backend(pg_backend_pid())');
    });
    await expect(cut).rejects.toMatchObject({ code: 'database-unreachable', kind: 'retry' });
    expect(await postgres.sql.query('select n from public.cut')).toEqual([]);
  });
});
