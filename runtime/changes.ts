// Tells that something changed, in the transaction that changed it: pages hear it at once, and may miss it; a row is
// left beside it while somebody needs every change.
import { type Change, newId } from '#contracts';
import type { Migration } from './migrate.ts';
import type { Sql } from './ports.ts';

const CHANNEL = 'stethos_changes';
const LOCK = 7_240_117;

/** Topic of the outbox. */
export const CHANGES = 'change';

export const changeTables: Migration = {
  name: 'runtime/003-kept-changes',
  statements: ['create table app.changes_kept (one boolean primary key default true check (one))'],
};

/** Heard by `onChange` exactly when it is true. Rows of one thing are taken from the outbox in their order. */
export async function announce(tx: Sql, change: Change): Promise<void> {
  await tx.query(
    `with kept as (
       insert into app.outbox (topic, id, key, body) select $3, $4::uuid, $5, $2::text::jsonb
        where exists (select 1 from app.changes_kept))
     select pg_notify($1, $2::text)`,
    [CHANNEL, JSON.stringify(change), CHANGES, newId(), `${change.what} ${change.id}`],
  );
}

/** While `wanted` answers true, every announced change also stands in the outbox under the topic `CHANGES`. Ask again whenever the answer may have changed. */
export async function keepChanges(tx: Sql, wanted: (tx: Sql) => Promise<boolean>): Promise<void> {
  await tx.query('select pg_advisory_xact_lock($1)', [LOCK]);
  await tx.query(
    (await wanted(tx))
      ? 'insert into app.changes_kept (one) values (true) on conflict (one) do nothing'
      : 'delete from app.changes_kept',
  );
}

/** `missed` is called when changes were announced that were not heard. */
export async function onChange(
  sql: Sql,
  heard: (change: Change) => void,
  missed?: () => void,
): Promise<() => Promise<void>> {
  return sql.listen(CHANNEL, (payload) => heard(JSON.parse(payload) as Change), missed);
}
