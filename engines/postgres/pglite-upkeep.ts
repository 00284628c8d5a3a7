// What a server's autovacuum does, and the embedded database has nobody for: the room of old row versions is used again,
// and the planner learns how large each table is.
import type { Sql } from '#runtime';

/** One table after the other, so that others get their turn in between. Not within a transaction. */
export async function vacuumEach(sql: Sql): Promise<void> {
  const tables = await sql.query<{ name: string }>(
    `select format('%I.%I', n.nspname, c.relname) as name from pg_class c join pg_namespace n on n.oid = c.relnamespace
      where c.relkind = 'r' and n.nspname not in ('pg_catalog', 'information_schema') order by 1`,
  );
  for (const { name } of tables) await sql.query(`vacuum (analyze) ${name}`);
}
