// Where every consumer stood, for a copy of the platform whose log has other positions.
import type { Sql } from './ports.ts';

/** `position`: everything before it was taken; the log before `keptFrom` is not needed. */
export type ConsumerRow = { name: string; partition: number; position: number; keptFrom: number };

export const consumerRows = (sql: Sql): Promise<ConsumerRow[]> =>
  sql.query('select name, partition, position, kept_from as "keptFrom" from app.consumer order by name, partition');

/** Instead of those that stand there. Nobody owns them. */
export async function placeConsumers(tx: Sql, rows: readonly ConsumerRow[]): Promise<void> {
  await tx.query('delete from app.consumer');
  await tx.query('delete from app.member');
  for (const { name, partition, position, keptFrom } of rows) {
    await tx.query('insert into app.consumer (name, partition, position, kept_from) values ($1, $2, $3, $4)', [
      name,
      partition,
      position,
      keptFrom,
    ]);
  }
}
