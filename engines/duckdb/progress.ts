// Where the log goes on, beside the readings: one row for each partition.
import { BIGINT, type DuckDBConnection, INTEGER } from '@duckdb/node-api';

/** Part of the caller's transaction. */
export async function saveProgress(connection: DuckDBConnection, partition: number, next: number): Promise<void> {
  const values = [partition, BigInt(next)];
  const types = [INTEGER, BIGINT];
  const saved = await connection.runAndReadAll(
    'update progress set next = $2 where partition = $1 returning next',
    values,
    types,
  );
  if (saved.getRows().length > 0) return;
  await connection.run('insert into progress (partition, next, compacted) values ($1, $2, 0)', values, types);
}
