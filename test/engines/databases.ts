// The engines that the contract suites of Sql and Jobs run on: PGlite always, PostgreSQL where it is installed.
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { JobsConnection } from '#engines/bullmq';
import { openPglitePool, openPgliteSql, openPostgres, startPgliteThread } from '#engines/postgres';
import type { Sql } from '#runtime';
import { databaseDir } from '../servers/database-dir.ts';
import { present, startPostgres } from '../servers/servers.ts';

export type TestDatabase = AsyncDisposable & {
  sql: Sql;
  /** The same database as another process or thread sees it. */
  other: Sql;
  /** For BullMQ; every call another user of the queue. */
  jobsConnection(): JobsConnection;
};

export function temporaryDir(): Disposable & { path: string } {
  const path = mkdtempSync(join(tmpdir(), 'stethos-database-'));
  return { path, [Symbol.dispose]: () => rmSync(path, { recursive: true, force: true }) };
}

export async function pgliteDatabase(): Promise<TestDatabase> {
  await using building = new AsyncDisposableStack();
  const dir = building.use(await databaseDir());
  const thread = building.use(await startPgliteThread({ dir: dir.path }));
  const sql = building.use(openPgliteSql(thread.port()));
  const other = building.use(openPgliteSql(thread.port()));
  const lifetime = building.move();
  return {
    sql,
    other,
    jobsConnection: () => ({ pool: lifetime.use(openPglitePool(thread.port())) }),
    [Symbol.asyncDispose]: () => lifetime.disposeAsync(),
  };
}

export async function postgresDatabase(): Promise<TestDatabase> {
  await using building = new AsyncDisposableStack();
  const { url } = building.use(present(await startPostgres()));
  const one = building.use(await openPostgres({ url }));
  const two = building.use(await openPostgres({ url }));
  const lifetime = building.move();
  return {
    sql: one.sql,
    other: two.sql,
    jobsConnection: () => ({ pool: one.pool }),
    [Symbol.asyncDispose]: () => lifetime.disposeAsync(),
  };
}
