// One alert as the room works with it, and its row.
import type { AlertState, Finding, Id, Severity } from '#contracts';
import type { Sql } from '#runtime';
import type { Pace } from './delays.ts';
import type { AlertEvent } from './life-cycle.ts';

/** What the last message said: news is measured against it. */
export type Told = { at: number; severity: Severity; by: 'owner' | 'technician' };

export type AlertRecord = {
  id: Id;
  household: Id | null;
  /** The brand that looks after the appliance. */
  organisation: Id;
  /** The newest finding; its problem and appliance are the alert's. */
  finding: Finding;
  state: AlertState;
  /** It was over before we heard of it: history only, nobody was told. */
  silent: boolean;
  /** Event time at which the first of its episodes began. */
  openedAt: number;
  takenAt: number;
  changedAt: number;
  pace: Pace;
  paceSince: number;
  remindAt: number | null;
  handOverAt: number | null;
  wakeAt: number | null;
  remindedAt: number | null;
  handedOverAt: number | null;
  told: Told | null;
  /** Messages so far; numbers the next one. */
  messages: number;
};

export const ALERT_COLUMNS = `a.id, a.household, a.organisation, a.finding, a.state, a.silent, a.opened_at as "openedAt",
  a.taken_at as "takenAt", a.changed_at as "changedAt", a.pace, a.pace_since as "paceSince", a.remind_at as "remindAt",
  a.hand_over_at as "handOverAt", a.wake_at as "wakeAt", a.reminded_at as "remindedAt",
  a.handed_over_at as "handedOverAt", a.told, a.messages`;

/** The same words as in the partial indexes, or they are not used. */
export const IS_LIVE = "a.state in ('open', 'acknowledged', 'snoozed')";

export async function lockAlert(tx: Sql, id: Id): Promise<AlertRecord | undefined> {
  const [row] = await tx.query<AlertRecord>(`select ${ALERT_COLUMNS} from app.alert a where a.id = $1 for update`, [
    id,
  ]);
  return row;
}

export async function lockLiveAlert(tx: Sql, appliance: Id, problem: string): Promise<AlertRecord | undefined> {
  const [row] = await tx.query<AlertRecord>(
    `select ${ALERT_COLUMNS} from app.alert a where a.appliance = $1 and a.problem = $2 and ${IS_LIVE} for update`,
    [appliance, problem],
  );
  return row;
}

/** False when another live alert of the same appliance and problem stands there. */
export async function insertAlert(tx: Sql, alert: AlertRecord): Promise<boolean> {
  const { finding } = alert;
  const inserted = await tx.query(
    `insert into app.alert (id, appliance, problem, taken_at, household, finding_id, finding, severity, state, silent,
       opened_at, closed_at, changed_at, pace, pace_since, organisation)
     values ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14, $15, $16)
     on conflict (appliance, problem) where state in ('open', 'acknowledged', 'snoozed') do nothing returning id`,
    [
      alert.id,
      finding.appliance,
      finding.problem,
      alert.takenAt,
      alert.household,
      finding.id,
      JSON.stringify(finding),
      finding.severity,
      alert.state,
      alert.silent,
      alert.openedAt,
      finding.closedAt && Math.round(finding.closedAt),
      alert.changedAt,
      alert.pace,
      alert.paceSince,
      alert.organisation,
    ],
  );
  return inserted.length > 0;
}

export async function saveAlert(tx: Sql, alert: AlertRecord): Promise<void> {
  const { finding } = alert;
  await tx.query(
    `update app.alert set household = $2, finding_id = $3, finding = $4, severity = $5, state = $6, opened_at = $7,
       closed_at = $8, changed_at = $9, pace = $10, pace_since = $11, remind_at = $12, hand_over_at = $13, wake_at = $14,
       reminded_at = $15, handed_over_at = $16, told = $17, messages = $18
     where id = $1`,
    [
      alert.id,
      alert.household,
      finding.id,
      JSON.stringify(finding),
      finding.severity,
      alert.state,
      alert.openedAt,
      finding.closedAt && Math.round(finding.closedAt),
      alert.changedAt,
      alert.pace,
      alert.paceSince,
      alert.remindAt,
      alert.handOverAt,
      alert.wakeAt,
      alert.remindedAt,
      alert.handedOverAt,
      alert.told && JSON.stringify(alert.told),
      alert.messages,
    ],
  );
}

/** What is worth knowing afterwards: every event of the life cycle, and how the alert went to service. */
export type AlertHappening = AlertEvent | 'service-requested' | 'handed-over';

export async function record(
  tx: Sql,
  alert: Id,
  what: AlertHappening,
  at: number,
  by: Id | null = null,
): Promise<void> {
  await tx.query('insert into app.alert_event (alert, at, what, by) values ($1, $2, $3, $4)', [alert, at, what, by]);
}
