// Where a consumer of the log goes on: one row per consumer, saved in the transaction of its results.
import type { Migration } from './migrate.ts';
import type { Sql } from './ports.ts';

export const checkpointTables: Migration = {
  name: 'runtime/002-consumer',
  statements: ['create table app.consumer (name text primary key, position bigint not null)'],
};

/** The log position to go on from; 0 for a consumer that never ran. */
export async function loadCheckpoint(sql: Sql, consumer: string): Promise<number> {
  const [row] = await sql.query<{ position: number }>('select position from app.consumer where name = $1', [consumer]);
  return row?.position ?? 0;
}

export async function saveCheckpoint(tx: Sql, consumer: string, position: number): Promise<void> {
  await tx.query(
    'insert into app.consumer (name, position) values ($1, $2) on conflict (name) do update set position = excluded.position',
    [consumer, position],
  );
}
