// What a finding or the passing of time does to an alert. Pure.
import type { AlertState, Finding, Id, Severity } from '#contracts';
import { step } from '#runtime';
import type { AlertRecord, Told } from './alert-record.ts';
import { BETWEEN_MESSAGES_MS, FLAPPING_MS, LATE_HOLD_MS, LATE_MS, PACES, paceOf } from './delays.ts';
import { ALERT_LIFE, type AlertEvent, LIVE_STATES } from './life-cycle.ts';

const RANK: Record<Severity, number> = { notice: 0, warning: 1, critical: 2 };

export const isLive = (state: AlertState): boolean => (LIVE_STATES as readonly AlertState[]).includes(state);

/** What is open again is not snoozed any more, whatever opened it. */
export function moved(alert: AlertRecord, event: AlertEvent): AlertRecord {
  const state = step(ALERT_LIFE, 'alert', alert.state, event);
  return { ...alert, state, wakeAt: state === 'open' ? null : alert.wakeAt };
}

const tolds = (finding: Finding, at: number): Told => ({
  at,
  severity: finding.severity,
  by: finding.causes[0]!.remedy.by,
});

/** An alert as it is born, without clocks: `told` by `firstMessageAt`. */
export type Place = Pick<AlertRecord, 'household' | 'organisation'>;

export function newAlert(id: Id, finding: Finding, place: Place, now: number): AlertRecord {
  return {
    id,
    ...place,
    finding,
    state: 'open',
    silent: false,
    openedAt: Math.round(finding.openedAt),
    takenAt: now,
    changedAt: now,
    pace: paceOf(finding),
    paceSince: now,
    remindAt: null,
    handOverAt: null,
    wakeAt: null,
    remindedAt: null,
    handedOverAt: null,
    told: null,
    messages: 0,
  };
}

/** When the first message goes out: at once, or a little later when the news is late or the problem is flapping. */
export function firstMessageAt(finding: Finding, lastSentAt: number | null, now: number): number {
  const settled = now - finding.changedAt > LATE_MS ? now + LATE_HOLD_MS : now;
  const flapping = lastSentAt !== null && finding.severity !== 'critical';
  return flapping ? Math.max(settled, lastSentAt + FLAPPING_MS) : settled;
}

export const toldFirst = (alert: AlertRecord, sendAt: number): AlertRecord => ({
  ...alert,
  told: tolds(alert.finding, sendAt),
});

/**
 * A live alert with a newer finding. `sendAt` is set when people must hear of it: it became worse, or something else is
 * to be done. `waiting`: the message before has not gone out yet and can carry the news.
 */
export function renewed(
  alert: AlertRecord,
  finding: Finding,
  now: number,
  waiting: boolean,
): { alert: AlertRecord; sendAt: number | null } {
  const told = alert.told ?? tolds(alert.finding, alert.takenAt);
  const worse = RANK[finding.severity] > RANK[told.severity];
  const joined = finding.id === alert.finding.id ? alert : moved(alert, 'opened');
  const next = worse && joined.state !== 'open' ? moved(joined, 'woken') : joined;
  const openedAt = Math.min(alert.openedAt, Math.round(finding.openedAt));
  const renewal = { ...next, finding, openedAt, changedAt: now };
  // Who should act may come and go while it gets better by itself: that is no news yet.
  const isNews = worse || (!finding.improving && finding.causes[0]!.remedy.by !== told.by);
  if (!isNews) return { alert: planned(renewal, now), sendAt: null };
  const urgent = worse && finding.severity === 'critical';
  const soonest = urgent ? now : Math.max(now, told.at + BETWEEN_MESSAGES_MS);
  const sendAt = waiting ? Math.min(told.at, soonest) : soonest;
  return { alert: planned({ ...renewal, told: tolds(finding, sendAt) }, now), sendAt };
}

/** The alert with its clocks set anew. They are counted from fixed moments: planning twice changes nothing. */
export function planned(alert: AlertRecord, now: number): AlertRecord {
  const pace = paceOf(alert.finding);
  const paceSince = pace === alert.pace ? alert.paceSince : now;
  if (!isLive(alert.state)) return { ...alert, pace, paceSince, remindAt: null, handOverAt: null, wakeAt: null };
  const { remindAfterMs, handOverAfterMs } = PACES[pace];
  const reminds = remindAfterMs !== null && alert.state === 'open' && alert.remindedAt === null;
  const waits = alert.handedOverAt === null;
  return {
    ...alert,
    pace,
    paceSince,
    remindAt: reminds && waits ? (alert.told?.at ?? alert.takenAt) + remindAfterMs : null,
    handOverAt: handOverAfterMs !== null && waits ? Math.max(alert.wakeAt ?? 0, paceSince + handOverAfterMs) : null,
  };
}
