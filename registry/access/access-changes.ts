// Tells every broker and every live stream that what somebody may do has changed: a NOTIFY in the transaction that changed it.
import type { Id } from '#contracts';
import type { Sql } from '#runtime';

const CHANNEL = 'stethos_access';

/** `principal` is an appliance, a gateway, a provisioning key or a person; whoever serves it looks again as soon as the transaction ends. */
export async function announceAccess(tx: Sql, principal: Id): Promise<void> {
  await tx.query('select pg_notify($1, $2)', [CHANNEL, principal]);
}

/** Calls back with the id of each principal that changed; `missed` when some may not have been heard of. */
export const onAccessChange = (
  sql: Sql,
  heard: (principal: Id) => void,
  missed?: () => void,
): Promise<() => Promise<void>> => sql.listen(CHANNEL, heard, missed);
