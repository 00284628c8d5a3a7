// The Sql port and BullMQ's pool on a PostgreSQL server.
import { Client, type ClientBase, Pool, type PoolClient, type PoolConfig, types } from 'pg';
import { MINUTE, PlatformError, SECOND, type Sql } from '#runtime';
import { connectionError } from './database-errors.ts';
import { PostgresListener } from './postgres-listener.ts';
import { type Session, Transactions } from './transaction.ts';

export type Postgres = AsyncDisposable & {
  sql: Sql;
  /** For BullMQ alone: int8 comes as text, unqualified names are found in the schema `bullmq`. */
  pool: Pool;
};

const OLDEST_MAJOR = 15;
const INT8 = 20;
const INT8_ARRAY = 1016;

const numbers: Pick<typeof types, 'getTypeParser'> = {
  getTypeParser: ((oid: number, format?: 'text') => {
    if (oid === INT8) return Number;
    const parse = types.getTypeParser(oid, format);
    return oid === INT8_ARRAY ? (text: string) => (parse(text) as string[]).map(Number) : parse;
  }) as typeof types.getTypeParser,
};

/**
 * Connects to `url` and checks that the server is PostgreSQL 15 or newer. Throws PlatformError: `database-unreachable`
 * (retry; the hint says what to look at) or `postgres-too-old` (fatal). Lost connections come back by themselves; a
 * query meanwhile throws `database-unreachable`.
 */
export async function openPostgres({ url }: { url: string }): Promise<Postgres> {
  const config: PoolConfig = {
    connectionString: url,
    application_name: 'stethos',
    keepAlive: true,
    connectionTimeoutMillis: 5 * SECOND,
    idle_in_transaction_session_timeout: MINUTE,
  };
  const { host, port, database } = new Client(config);
  const where = `${host}:${port}/${database}`;
  await using opened = new AsyncDisposableStack();
  const rows = opened.adopt(quietPool({ ...config, types: numbers }), (pool) => pool.end());
  await checkVersion(rows, where);
  const listener = opened.use(new PostgresListener(config));
  const pool = opened.adopt(quietPool({ ...config, onConnect: searchBullmq }), (pool) => pool.end());
  const lifetime = opened.move();
  return { sql: poolSql(rows, listener, where), pool, [Symbol.asyncDispose]: () => lifetime.disposeAsync() };
}

/** A pool reports connections lost while idle as events, which would end the process; the next query tells it anyway. */
function quietPool(config: PoolConfig): Pool {
  const pool = new Pool(config);
  pool.on('error', () => {});
  return pool;
}

// The pool awaits what its type calls void.
const searchBullmq = async (client: ClientBase): Promise<void> => {
  await client.query('set search_path to bullmq, public');
};

async function checkVersion(pool: Pool, where: string): Promise<void> {
  const setting = "select current_setting('server_version_num')::int / 10000 as major, version() as version";
  const [row] = (await reach(where, () => pool.query<{ major: number; version: string }>(setting))).rows;
  const { major, version } = row!;
  if (major >= OLDEST_MAJOR) return;
  throw new PlatformError(
    'postgres-too-old',
    'fatal',
    `PostgreSQL ${OLDEST_MAJOR} or newer is needed; this is ${version}`,
  );
}

async function reach<T>(where: string, ask: () => Promise<T>): Promise<T> {
  try {
    return await ask();
  } catch (error) {
    throw connectionError(error, where);
  }
}

function poolSql(pool: Pool, listener: PostgresListener, where: string): Sql {
  const transactions = new Transactions();
  const sessionOn = (on: Pool | PoolClient): Session => ({
    query: (text, params) => reach(where, () => lastResult(on, text, params)),
  });
  const single = sessionOn(pool);
  return {
    async query<Row extends object>(text: string, params?: readonly unknown[]) {
      transactions.refuseInside();
      return (await single.query(text, params)).rows as Row[];
    },
    async transaction(work) {
      transactions.refuseInside();
      const client = await reach(where, () => pool.connect());
      // A connection that breaks between two queries says so in an event, which nobody else hears; the next query tells it too.
      const ignore = (): void => {};
      client.on('error', ignore);
      try {
        return await transactions.run(sessionOn(client), work);
      } finally {
        client.off('error', ignore);
        client.release();
      }
    },
    async listen(channel, heard, missed) {
      transactions.refuseInside();
      return reach(where, () => listener.listen(channel, heard, missed));
    },
  };
}

type Answer = { rows: object[]; command: string };

/** Several statements in one text give several results; the last one counts, as on PGlite. */
async function lastResult(on: Pool | PoolClient, text: string, params: readonly unknown[] = []): Promise<Answer> {
  const result: Answer | Answer[] = await on.query(text, [...params]);
  return Array.isArray(result) ? result.at(-1)! : result;
}
