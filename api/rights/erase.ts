// Erasure over all rooms: one transaction in which everybody forgets.
import { forgetMessagesTo, moveAlerts } from '#alerts';
import type { Id } from '#contracts';
import { forgetNotesOf, technicianGone } from '#field-service';
import { forgetAppliances } from '#ingest';
import { type Actor, type Erased, erasePerson } from '#registry';
import type { Jobs, Sql } from '#runtime';
import { forgetExports } from '../exports/records.ts';
import { forgetWebhooksOf } from '../webhooks/forget.ts';

export type EraseDeps = { sql: Sql; jobs: Jobs };

/** Null for somebody who does not exist or was erased before. Throws `last-administrator`. */
export async function erase(
  { sql, jobs }: EraseDeps,
  { person, by, now }: { person: Id; by: Actor; now: number },
): Promise<Erased | null> {
  const erased = await sql.transaction(async (tx) => {
    await technicianGone(tx, person, now);
    const gone = await erasePerson(tx, { person, by, now });
    if (!gone) return null;
    for (const appliance of gone.appliances) await moveAlerts(tx, appliance, now);
    await forgetMessagesTo(tx, person);
    await forgetAppliances(tx, gone.appliances);
    await forgetNotesOf(tx, gone.households);
    await forgetExports(tx, { person, appliances: gone.appliances });
    await forgetWebhooksOf(tx, person, gone.households);
    await tx.query('delete from app.idempotency where caller = $1', [person]);
    return gone;
  });
  if (erased) for (const sweep of ['rights', 'alerts', 'field-service'] as const) await jobs.wake(sweep);
  return erased;
}
