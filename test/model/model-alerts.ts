// What the model says of alerts: how findings, people and time move them.
import type { Id } from '#contracts';
import { HOUR, MINUTE, type Model, type ModelUnit } from './model.ts';

export type ModelFinding = {
  unit: ModelUnit;
  problem: string;
  episode: number;
  severity: 'notice' | 'warning' | 'critical';
  /** `door`: the owner mends it. `cooling`: surely a technician. `unknown`: perhaps one. */
  cause: 'door' | 'cooling' | 'unknown';
  improving: boolean;
  state: 'open' | 'closed' | 'withdrawn';
};

export type AlertState = 'open' | 'acknowledged' | 'snoozed' | 'resolved' | 'withdrawn';

export type ModelAlert = {
  /** Known once it was seen. */
  id: Id | null;
  unit: ModelUnit;
  household: Id | null;
  finding: ModelFinding;
  state: AlertState;
  /** What people were last told, or will be. */
  told: Pick<ModelFinding, 'severity' | 'cause'>;
  pace: number;
  paceSince: number;
  wakeAt: number | null;
  /** With the cause of that moment. */
  handedOver: ModelFinding['cause'] | null;
};

const RANK = { notice: 0, warning: 1, critical: 2 };
const NEVER = Number.POSITIVE_INFINITY;

/** How long an alert waits before it goes to service. */
function paceOf(finding: ModelFinding): number {
  if (finding.improving || finding.severity === 'notice' || finding.problem === 'appliance-silent') return NEVER;
  return { door: 2 * HOUR, cooling: 20 * MINUTE, unknown: HOUR }[finding.cause];
}

/** Two causes that tell people to do the same thing. */
const mends = (cause: ModelFinding['cause']): 'owner' | 'technician' => (cause === 'door' ? 'owner' : 'technician');

export const lives = (alert: ModelAlert): boolean => alert.state !== 'resolved' && alert.state !== 'withdrawn';

const sameEpisode = (a: ModelFinding, b: ModelFinding): boolean =>
  a.unit === b.unit && a.problem === b.problem && a.episode === b.episode;

function born(model: Model, finding: ModelFinding, state: AlertState): ModelAlert {
  const { unit } = finding;
  const alert: ModelAlert = {
    id: null,
    unit,
    household: unit.household,
    finding,
    state,
    told: finding,
    pace: paceOf(finding),
    paceSince: model.now,
    wakeAt: null,
    handedOver: null,
  };
  model.alerts.push(alert);
  return alert;
}

/** What is open again, or over, is not snoozed any more. */
function move(alert: ModelAlert, state: AlertState): void {
  alert.state = state;
  if (state !== 'acknowledged') alert.wakeAt = null;
}

function keepPace(model: Model, alert: ModelAlert): void {
  const pace = paceOf(alert.finding);
  if (pace === alert.pace) return;
  alert.pace = pace;
  alert.paceSince = model.now;
}

function take(model: Model, finding: ModelFinding): void {
  const live = model.alerts.find(
    (one) => one.unit === finding.unit && one.finding.problem === finding.problem && lives(one),
  );
  if (finding.state === 'open') {
    if (live) renew(model, live, finding);
    else born(model, finding, 'open');
  } else if (live && sameEpisode(live.finding, finding)) {
    end(model, live, finding);
  } else {
    remember(model, finding);
  }
}

function renew(model: Model, alert: ModelAlert, finding: ModelFinding): void {
  const worse = RANK[finding.severity] > RANK[alert.told.severity];
  if (worse || !sameEpisode(alert.finding, finding)) move(alert, 'open');
  if (worse || mends(finding.cause) !== mends(alert.told.cause)) alert.told = finding;
  alert.finding = finding;
  keepPace(model, alert);
}

function end(model: Model, alert: ModelAlert, finding: ModelFinding): void {
  const how = finding.state === 'withdrawn' ? 'withdrawn' : 'resolved';
  move(alert, how);
  alert.finding = finding;
  model.overs.push({ alert, how });
}

/** News of something that is over. */
function remember(model: Model, finding: ModelFinding): void {
  const known = model.alerts.findLast((one) => sameEpisode(one.finding, finding));
  if (!known) {
    born(model, finding, finding.state === 'withdrawn' ? 'withdrawn' : 'resolved');
  } else if (known.state === 'resolved' && finding.state === 'withdrawn') {
    known.state = 'withdrawn';
    known.finding = finding;
  }
}

/** One look at everything: what was said, then what is due. */
export function sweepAlerts(model: Model): void {
  for (const finding of model.said.splice(0)) take(model, finding);
  for (const alert of model.alerts.filter(lives)) {
    const dueAt = alert.paceSince + alert.pace;
    const woken = alert.wakeAt === null || alert.wakeAt <= model.now;
    if (alert.wakeAt !== null && woken) move(alert, 'open');
    if (woken && dueAt <= model.now) handOver(model, alert);
  }
}

/** Whether a look now does more than to take what was said. */
export const somethingIsDue = (model: Model): boolean =>
  model.alerts
    .filter(lives)
    .some(
      ({ wakeAt, paceSince, pace }) =>
        (wakeAt ?? Number.POSITIVE_INFINITY) <= model.now || paceSince + pace <= model.now,
    );

export function handOver(model: Model, alert: ModelAlert): void {
  if (alert.handedOver !== null) return;
  alert.handedOver = alert.finding.cause;
  model.requests.push(alert);
}

/** A snooze before it still ends when it said. */
export const acknowledge = (alert: ModelAlert): void => move(alert, 'acknowledged');

export function snooze(alert: ModelAlert, until: number): void {
  alert.state = 'snoozed';
  alert.wakeAt = until;
}

/** The unit stands elsewhere now: what was open ends there, and is told anew here. */
export function moveAlerts(model: Model, unit: ModelUnit): void {
  for (const alert of model.alerts.filter((one) => one.unit === unit && lives(one))) {
    if (alert.household === unit.household) continue;
    const { finding } = alert;
    end(model, alert, { ...finding, state: 'closed' });
    model.overs.at(-1)!.how = 'moved';
    born(model, finding, 'open');
  }
}
