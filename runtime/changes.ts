// Tells pages that something changed: a NOTIFY in the transaction that changed it, so it is heard exactly when it is true.
import type { Change } from '#contracts';
import type { Sql } from './ports.ts';

const CHANNEL = 'stethos_changes';

export async function announce(tx: Sql, change: Change): Promise<void> {
  await tx.query('select pg_notify($1, $2)', [CHANNEL, JSON.stringify(change)]);
}

export async function onChange(sql: Sql, heard: (change: Change) => void): Promise<() => Promise<void>> {
  return sql.listen(CHANNEL, (payload) => heard(JSON.parse(payload) as Change));
}
