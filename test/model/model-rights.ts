// What the model says of who sees what, and who may do what: the rules of the product in words of their own.
import type { Id } from '#contracts';
import { homesOf, type Model, type ModelPerson, type ModelUnit, runs, standingOf } from './model.ts';
import type { ModelAlert } from './model-alerts.ts';
import { hasWork, type ModelCase, type ModelVisit } from './model-service.ts';

const looksAfter = (person: ModelPerson, unit: ModelUnit): boolean =>
  person.role !== 'technician' && person.organisation !== null && person.organisation === unit.organisation;

const isGranted = (model: Model, person: ModelPerson, unit: ModelUnit): boolean =>
  person.role === 'repairer' &&
  model.grants.some((one) => one.person === person.id && one.unit === unit && runs(model, one));

const works = (model: Model, person: ModelPerson, file: ModelCase): boolean =>
  person.role === 'technician' && file.visits.some((visit) => hasWork(model, visit, person.id));

const livesIn = (model: Model, person: ModelPerson, household: Id | null): boolean =>
  person.role === 'owner' && standingOf(model, person.id, household) !== undefined;

export const seesUnit = (model: Model, person: ModelPerson, unit: ModelUnit): boolean =>
  livesIn(model, person, unit.household) ||
  looksAfter(person, unit) ||
  isGranted(model, person, unit) ||
  model.cases.some(
    (file) => file.alert.unit === unit && file.household === unit.household && works(model, person, file),
  );

export const seesAlert = (model: Model, person: ModelPerson, alert: ModelAlert): boolean =>
  livesIn(model, person, alert.household) ||
  looksAfter(person, alert.unit) ||
  (alert.household === alert.unit.household && isGranted(model, person, alert.unit)) ||
  model.cases.some((file) => file.alert === alert && works(model, person, file));

export const seesCase = (model: Model, person: ModelPerson, file: ModelCase): boolean =>
  livesIn(model, person, file.household) || looksAfter(person, file.alert.unit) || works(model, person, file);

/** A visit of his own, in a case where he has work. */
export const seesVisit = (model: Model, person: ModelPerson, file: ModelCase, visit: ModelVisit): boolean =>
  livesIn(model, person, file.household) ||
  looksAfter(person, file.alert.unit) ||
  (visit.technician === person.id && works(model, person, file));

export const seesHousehold = (model: Model, person: ModelPerson, household: Id): boolean =>
  homesOf(model, person.id).includes(household);

export type Verdict = 'allowed' | 'not-allowed' | 'not-found';

const verdict = (sees: boolean, may: boolean): Verdict => (sees ? (may ? 'allowed' : 'not-allowed') : 'not-found');

/** Give it away, let somebody look at it. */
export const asOwner = (model: Model, person: ModelPerson, unit: ModelUnit): Verdict =>
  verdict(seesUnit(model, person, unit), standingOf(model, person.id, unit.household) === 'owner');

export const withLabels = (model: Model, person: ModelPerson, unit: ModelUnit): Verdict =>
  verdict(seesUnit(model, person, unit), person.role === 'dispatcher' || person.role === 'administrator');

export const withModules = (model: Model, person: ModelPerson, unit: ModelUnit): Verdict =>
  verdict(seesUnit(model, person, unit), ['technician', 'dispatcher', 'administrator'].includes(person.role));

export const withMembers = (model: Model, person: ModelPerson, household: Id): Verdict =>
  verdict(seesHousehold(model, person, household), standingOf(model, person.id, household) === 'owner');

/** Acknowledge it, ask for service. */
export const withAlert = (model: Model, person: ModelPerson, alert: ModelAlert): Verdict =>
  verdict(
    seesAlert(model, person, alert),
    ['owner', 'dispatcher', 'call-agent', 'administrator'].includes(person.role),
  );

export function withVisit(
  model: Model,
  person: ModelPerson,
  file: ModelCase,
  visit: ModelVisit,
  roles: readonly string[],
): Verdict {
  return verdict(seesVisit(model, person, file, visit), roles.includes(person.role));
}
