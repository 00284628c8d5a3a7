// Switching endpoints off and on, and keeping changes only while an endpoint is on.
import type { Id, WebhookReason } from '#contracts';
import { keepChanges, type Sql } from '#runtime';

/** In the transaction of whatever makes, removes or switches an endpoint. */
export async function keepWhatIsHeard(tx: Sql): Promise<void> {
  await keepChanges(tx, async () => {
    const [row] = await tx.query('select 1 from app.webhook where enabled limit 1');
    return row !== undefined;
  });
}

/** What still waits will not be sent. */
export async function switchOff(tx: Sql, id: Id, reason: WebhookReason, now: number): Promise<void> {
  await tx.query('update app.webhook set enabled = false, reason = $2, busy_until = 0 where id = $1', [id, reason]);
  await tx.query(
    `update app.webhook_delivery set state = 'dropped', reason = 'endpoint-off', settled_at = $2
      where webhook = $1 and state = 'waiting'`,
    [id, now],
  );
  await keepWhatIsHeard(tx);
}

/** With a clean slate. What happened meanwhile is not told. */
export async function switchOn(tx: Sql, id: Id): Promise<void> {
  await tx.query(
    'update app.webhook set enabled = true, reason = null, failures = 0, rest_until = 0, busy_until = 0 where id = $1',
    [id],
  );
  await keepWhatIsHeard(tx);
}
