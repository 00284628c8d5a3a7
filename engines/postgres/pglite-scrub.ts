// Deleted bytes leave the disk: PostgreSQL would keep them in its journal's files, which it uses again and again.
import type { Sql } from '#runtime';

/** For the embedded database, after a `vacuum full`. What was deleted before stands in no file afterwards. */
export async function scrubJournal(sql: Sql): Promise<void> {
  await sql.query('set wal_recycle = off');
  // Twice: a file goes at the second checkpoint after its last record.
  for (let i = 0; i < 2; i++) {
    await sql.query('select pg_switch_wal()');
    await sql.query('checkpoint');
  }
}
