// Edits under a condition, one at a time for each path and across processes: a row that its holder takes away again.
import type { Sql } from '#runtime';

/** Longer than a request may take; whoever has not ended by then is gone. */
const LEASE_MS = 60_000;

/** False while somebody else edits it. */
export async function beginEdit(sql: Sql, path: string, now: number): Promise<boolean> {
  const rows = await sql.query(
    `insert into app.edit_under_way as e (path, until) values ($1, $2)
     on conflict (path) do update set until = excluded.until where e.until < $3 returning path`,
    [path, now + LEASE_MS, now],
  );
  return rows.length > 0;
}

export async function endEdit(sql: Sql, path: string): Promise<void> {
  await sql.query('delete from app.edit_under_way where path = $1', [path]);
}
