// All or nothing, appenders included.
import type { DuckDBAppender, DuckDBConnection } from '@duckdb/node-api';

export type OpenAppender = (table: string) => Promise<DuckDBAppender>;

/**
 * Commits what `work` did, or rolls it back and throws. `work` opens its appenders by the function it is given, and
 * closes each: rows that are not flushed before the commit are not in it.
 */
export async function inTransaction(
  connection: DuckDBConnection,
  work: (open: OpenAppender) => Promise<void>,
): Promise<void> {
  const appenders: DuckDBAppender[] = [];
  await connection.run('begin');
  try {
    await work(async (table) => {
      const appender = await connection.createAppender(table);
      appenders.push(appender);
      return appender;
    });
    await connection.run('commit');
  } catch (error) {
    // An appender that is closed or collected after the rollback would still write its rows: empty it first.
    for (const appender of appenders) quietly(() => appender.clear());
    // A commit that failed has rolled back already.
    await connection.run('rollback').catch(() => undefined);
    for (const appender of appenders) quietly(() => appender.closeSync());
    throw error;
  }
}

/** What follows a failure must not hide it. */
function quietly(work: () => void): void {
  try {
    work();
  } catch {
    // The first error is thrown by the caller.
  }
}
