// Tables: each room exports its own migrations, main hands them all to `migrate` in order.
import { changeTables } from './changes.ts';
import { PlatformError } from './errors.ts';
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

const newer = (unknown: readonly string[]): PlatformError =>
  new PlatformError(
    'database-newer',
    'fatal',
    `A newer version of Stethos has worked on this database: it made ${unknown.join(', ')}.`,
    {
      hint: 'Run that version or a newer one, or restore the backup from before the update to go back to this one.',
    },
  );

/**
 * Applies what was not applied yet, of `only` where that is given. Two processes may call it at once: the second waits and
 * finds nothing to do. Throws a fatal `database-newer` when somebody applied what is not among `migrations`.
 */
export async function migrate(
  sql: Sql,
  migrations: readonly Migration[],
  only?: ReadonlySet<string>,
): Promise<string[]> {
  await sql.query('create schema if not exists app');
  return sql.transaction(async (tx) => {
    await tx.query('select pg_advisory_xact_lock($1)', [LOCK]);
    await tx.query('create table if not exists app.migration (name text primary key)');
    const done = new Set(await appliedMigrations(tx));
    const wanted = new Map([...GROUND, ...migrations].map((migration) => [migration.name, migration]));
    const unknown = [...done].filter((name) => !wanted.has(name));
    if (unknown.length > 0) throw newer(unknown);
    const fresh = [...wanted.values()].filter(({ name }) => !done.has(name) && (only?.has(name) ?? true));
    for (const migration of fresh) {
      for (const statement of migration.statements) await tx.query(statement);
      await migration.run?.(tx);
      await tx.query('insert into app.migration (name) values ($1)', [migration.name]);
    }
    return fresh.map((migration) => migration.name);
  });
}

/** By name. */
export const appliedMigrations = async (sql: Sql): Promise<string[]> =>
  (await sql.query<{ name: string }>('select name from app.migration order by name')).map(({ name }) => name);
