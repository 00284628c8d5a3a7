// What the model says of cases and visits. Whom the platform asks is its own choice among those it may ask: the model
// checks the choice and takes it over.
import type { Id } from '#contracts';
import { DAY, HOUR, MINUTE, type Model, type ModelPerson } from './model.ts';
import type { ModelAlert } from './model-alerts.ts';

export type VisitState = 'unassigned' | 'offered' | 'accepted' | 'done' | 'cancelled';

export type ModelVisit = {
  id: Id | null;
  state: VisitState;
  technician: Id | null;
  asked: Id[];
  offeredAt: number;
  slot: { start: number; end: number } | null;
  finishedAt: number | null;
  /** The platform has just looked for somebody, or may have: whoever it found stands in the next picture of it. */
  looking: 'must' | 'may' | null;
};

export type ModelCase = {
  id: Id | null;
  alert: ModelAlert;
  household: Id | null;
  state: 'open' | 'verifying' | 'closed';
  dueAt: number | null;
  /** How the alert ended, once field service has heard of it. */
  ended: boolean;
  visits: ModelVisit[];
};

const LOOK_AGAIN_AFTER = 30 * MINUTE;
const REPORT_AFTER = 2 * HOUR;

export const lastVisit = (file: ModelCase): ModelVisit => file.visits.at(-1)!;
const isOver = (visit: ModelVisit): boolean => visit.state === 'done' || visit.state === 'cancelled';

const newVisit = (): ModelVisit => ({
  id: null,
  state: 'unassigned',
  technician: null,
  asked: [],
  offeredAt: 0,
  slot: null,
  finishedAt: null,
  looking: 'must',
});

/** Whom the platform may ask to come. */
export const suitable = (model: Model, { alert }: ModelCase, visit: ModelVisit): ModelPerson[] =>
  model.people.filter(
    (one) =>
      one.role === 'technician' &&
      one.active &&
      one.organisation === alert.unit.organisation &&
      !visit.asked.includes(one.id) &&
      (skillOf(alert) === 'general' || one.skills.includes(skillOf(alert))),
  );

const skillOf = ({ handedOver }: ModelAlert): string => (handedOver === 'cooling' ? 'refrigeration' : 'general');

export function free(visit: ModelVisit): void {
  Object.assign(visit, { state: 'unassigned', technician: null, looking: 'must' });
}

export function offerTo(model: Model, visit: ModelVisit, technician: Id): void {
  Object.assign(visit, { state: 'offered', technician, offeredAt: model.now, looking: null });
  visit.asked.push(technician);
}

export function closeCase(file: ModelCase): void {
  file.state = 'closed';
  file.dueAt = null;
  for (const visit of file.visits) if (!isOver(visit)) visit.state = 'cancelled';
}

/** One look at everything: requests, ends of alerts, then clocks. */
export function sweepService(model: Model): void {
  for (const alert of model.requests.splice(0)) {
    const { household } = alert;
    // The unit left before anybody heard of it: nobody is sent after it.
    const moved = household !== alert.unit.household;
    const file = { id: null, alert, household, dueAt: null, ended: false };
    model.cases.push({ ...file, state: moved ? 'closed' : 'open', visits: moved ? [] : [newVisit()] });
  }
  for (const { alert } of model.overs.splice(0)) hearEnd(model, alert);
  for (const file of model.cases) if (file.state !== 'closed') fireClocks(model, file);
}

function hearEnd(model: Model, alert: ModelAlert): void {
  const file = model.cases.find((one) => one.alert === alert);
  if (!file || file.state === 'closed') return;
  file.ended = true;
  const { state, slot } = lastVisit(file);
  const onSite = state === 'accepted' && slot && slot.start <= model.now && model.now < slot.end + REPORT_AFTER;
  if (onSite) file.dueAt = slot.end + REPORT_AFTER;
  else closeCase(file);
}

function fireClocks(model: Model, file: ModelCase): void {
  const visit = lastVisit(file);
  if (file.dueAt !== null && file.dueAt <= model.now) {
    if (file.ended) return closeCase(file);
    Object.assign(file, { state: 'open', dueAt: null });
    file.visits.push(newVisit());
  } else if (visit.state === 'offered' && visit.offeredAt + LOOK_AGAIN_AFTER <= model.now) {
    free(visit);
  } else if (visit.state === 'unassigned') {
    // Dispatchers are reminded, and somebody may have been hired meanwhile.
    visit.looking ??= 'may';
  }
}

/** The technician reports. */
export function finish(model: Model, file: ModelCase, outcome: 'repaired' | 'nothing-found' | 'part-needed'): void {
  const visit = lastVisit(file);
  Object.assign(visit, { state: 'done', finishedAt: model.now });
  if (file.ended) return closeCase(file);
  if (outcome === 'part-needed') {
    file.visits.push({ ...newVisit(), state: 'accepted', technician: visit.technician, looking: null });
  } else {
    Object.assign(file, { state: 'verifying', dueAt: model.now + DAY });
  }
}

const GRACE = 14 * DAY;

/** From the offer on, as long as nobody took it from him, and a while after it is done. */
export const hasWork = (model: Model, visit: ModelVisit, person: Id): boolean =>
  visit.technician === person &&
  (visit.state === 'offered' ||
    visit.state === 'accepted' ||
    (visit.state === 'done' && visit.finishedAt! > model.now - GRACE));
