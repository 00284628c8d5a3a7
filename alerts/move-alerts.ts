// An appliance changes hands: what is open ends for the household that it left, and is told anew where it stands now.
import type { Id } from '#contracts';
import { householdOf } from '#registry';
import type { Sql } from '#runtime';
import { ALERT_COLUMNS, type AlertRecord, IS_LIVE, record } from './alert-record.ts';
import { moved, planned } from './decide.ts';
import { sayOver } from './hand-over.ts';
import { openAlert, save } from './take-finding.ts';
import { stopTelling } from './tell.ts';

/** In the transaction that moves the appliance, behind the move. Wake alerts and field service afterwards. */
export async function moveAlerts(tx: Sql, appliance: Id, now: number): Promise<void> {
  const household = await householdOf(tx, appliance);
  const left = await tx.query<AlertRecord>(
    `select ${ALERT_COLUMNS} from app.alert a
      where a.appliance = $1 and ${IS_LIVE} and a.household is distinct from $2::uuid order by a.id for update`,
    [appliance, household?.id ?? null],
  );
  for (const alert of left) {
    await leave(tx, alert, now);
    await openAlert(tx, { ...alert.finding, answers: [] }, now);
  }
}

/** Nobody is told by alerts: who gave it away knows. A visit that was planned is field service's to cancel and to tell. */
async function leave(tx: Sql, alert: AlertRecord, now: number): Promise<void> {
  const finding = { ...alert.finding, state: 'closed', changedAt: now, closedAt: now } as const;
  await record(tx, alert.id, 'closed', now);
  await stopTelling(tx, alert.id, now);
  await sayOver(tx, alert.id, 'moved', now);
  await save(tx, planned({ ...moved(alert, 'closed'), finding, changedAt: now }, now));
}
