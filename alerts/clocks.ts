// The clocks of alerts: a snooze that ends, a reminder, the hand-over to service.
import type { Id, ServiceRequest } from '#contracts';
import { announce, type Sql } from '#runtime';
import { ALERT_COLUMNS, type AlertRecord, IS_LIVE, record, saveAlert } from './alert-record.ts';
import { moved, planned } from './decide.ts';
import type { Pace } from './delays.ts';
import { handOver } from './hand-over.ts';
import { rewriteWaiting, tell, waitingKinds } from './tell.ts';

const DUE_AT = 'least(a.remind_at, a.hand_over_at, a.wake_at)';

/** Locks the next alert whose clock is due; those held by another worker are skipped. */
export async function claimDueAlert(tx: Sql, now: number, seen: readonly Id[]): Promise<AlertRecord | undefined> {
  const [row] = await tx.query<AlertRecord>(
    `select ${ALERT_COLUMNS} from app.alert a
      where ${IS_LIVE} and ${DUE_AT} <= $1 and a.id <> all($2::uuid[])
      order by ${DUE_AT} limit 1 for update of a skip locked`,
    [now, seen],
  );
  return row;
}

/** When the next clock of any alert is due; null when none runs. */
export async function nextAlertDueAt(sql: Sql): Promise<number | null> {
  const [row] = await sql.query<{ at: number | null }>(
    `select min(${DUE_AT}) as at from app.alert a where ${IS_LIVE} and ${DUE_AT} is not null`,
  );
  return row?.at ?? null;
}

const REASONS: Record<Pace, ServiceRequest['reason']> = {
  owner: 'not-recovered',
  unsure: 'not-recovered',
  improving: 'not-recovered',
  quiet: 'not-recovered',
  sure: 'needs-technician',
  answered: 'needs-technician',
};

/** Fires everything that is due on one alert. Once handed over, a reminder is moot. */
export async function fireAlertClocks(tx: Sql, due: AlertRecord, now: number): Promise<void> {
  let alert = due;
  const woken = alert.wakeAt !== null && alert.wakeAt <= now;
  if (woken) {
    alert = moved(alert, 'woken');
    await record(tx, alert.id, 'woken', now);
  }
  if (alert.handOverAt !== null && alert.handOverAt <= now) {
    alert = await handOver(tx, alert, REASONS[alert.pace], now);
  } else if (woken || (alert.remindAt !== null && alert.remindAt <= now)) {
    alert = await remind(tx, alert, now);
  }
  await saveAlert(tx, { ...planned(alert, now), changedAt: now });
  await announce(tx, { what: 'alert', id: alert.id });
}

async function remind(tx: Sql, alert: AlertRecord, now: number): Promise<AlertRecord> {
  const waiting = await waitingKinds(tx, alert.id, now);
  const told = alert.told && waiting.length === 0 ? { ...alert.told, at: now } : alert.told;
  const reminded = planned({ ...alert, told, remindedAt: now }, now);
  if (waiting.length === 0) return tell(tx, reminded, { kind: 'reminder', sendAt: now, now });
  await rewriteWaiting(tx, reminded, waiting, null, now);
  return reminded;
}
