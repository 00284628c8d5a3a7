// Tables: each room exports its own migrations, main hands them all to `migrate` in order.
import { changeTables } from './changes.ts';
import { leaseTables } from './lease.ts';
import { logHoldTables } from './log-hold.ts';
import { outboxTables } from './outbox.ts';
import type { Sql } from './ports.ts';

/**
 * `name` is unique for good, e.g. "alerts/001-alert"; `statements` run once, in one transaction, and after them `run`,
 * which moves data that SQL alone cannot move.
 */
export type Migration = { name: string; statements: readonly string[]; run?: (tx: Sql) => Promise<void> };

const LOCK = 7_240_115;

/** What every room needs. */
const GROUND: readonly Migration[] = [outboxTables, changeTables, ...leaseTables, logHoldTables];

/** Applies what was not applied yet. Two processes may call it at once: the second waits and finds nothing to do. */
export async function migrate(sql: Sql, migrations: readonly Migration[]): Promise<string[]> {
  await sql.query('create schema if not exists app');
  return sql.transaction(async (tx) => {
    await tx.query('select pg_advisory_xact_lock($1)', [LOCK]);
    await tx.query('create table if not exists app.migration (name text primary key)');
    const done = new Set((await tx.query<{ name: string }>('select name from app.migration')).map((row) => row.name));
    const wanted = new Map([...GROUND, ...migrations].map((migration) => [migration.name, migration]));
    const fresh = [...wanted.values()].filter((migration) => !done.has(migration.name));
    for (const migration of fresh) {
      for (const statement of migration.statements) await tx.query(statement);
      await migration.run?.(tx);
      await tx.query('insert into app.migration (name) values ($1)', [migration.name]);
    }
    return fresh.map((migration) => migration.name);
  });
}
