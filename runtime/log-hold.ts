// Whoever copies the log needs all of it that the copied database still asks for: while it is held, nothing is trimmed.
import { newId } from '#contracts';
import { DATABASE_NOW_MS } from './database-now.ts';
import type { Migration } from './migrate.ts';
import type { Sql } from './ports.ts';
import { MINUTE } from './time.ts';

/** Outlives a pause of its holder, and ends soon when that died. */
const HOLD_MS = 2 * MINUTE;

export const logHoldTables: Migration = {
  name: 'runtime/005-log-hold',
  statements: ['create table app.log_hold (id uuid primary key, held_until bigint not null)'],
};

export type LogHold = AsyncDisposable & {
  /** To be called well within every two minutes; throws when the log was let go meanwhile. */
  renew(): Promise<void>;
};

/** Nothing of the log is trimmed until it is disposed. What was trimmed before nobody asks for. */
export async function holdLog(sql: Sql): Promise<LogHold> {
  const id = newId();
  await sql.query(`delete from app.log_hold where held_until < ${DATABASE_NOW_MS}`);
  await sql.query(`insert into app.log_hold (id, held_until) values ($1, ${DATABASE_NOW_MS} + ${HOLD_MS})`, [id]);
  return {
    async renew() {
      const rows = await sql.query(
        `update app.log_hold set held_until = ${DATABASE_NOW_MS} + ${HOLD_MS}
          where id = $1 and held_until > ${DATABASE_NOW_MS} returning id`,
        [id],
      );
      if (rows.length === 0) throw new Error('the log was let go: it was not held for too long');
    },
    async [Symbol.asyncDispose]() {
      await sql.query('delete from app.log_hold where id = $1', [id]).catch(() => {});
    },
  };
}

/** Ask before trimming. */
export async function logIsHeld(sql: Sql): Promise<boolean> {
  const rows = await sql.query(`select 1 as one from app.log_hold where held_until > ${DATABASE_NOW_MS} limit 1`);
  return rows.length > 0;
}
