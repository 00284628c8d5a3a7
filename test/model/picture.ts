// A picture of the database after a step, and how it must look by the model.
import type { Id } from '#contracts';
import type { Sql } from '#runtime';
import { findingId } from './findings.ts';
import { type Model, runs } from './model.ts';
import type { ModelAlert } from './model-alerts.ts';
import { lastVisit, type ModelCase, type ModelVisit, offerTo, suitable } from './model-service.ts';

/** The product and the model differ. */
export class Violation extends Error {}

const must = (holds: boolean, what: () => string): void => {
  if (!holds) throw new Violation(what());
};

type Picture = {
  units: { id: Id; household: Id | null; code: boolean }[];
  members: { household: Id; person: Id; standing: string }[];
  people: { id: Id; role: string; active: boolean }[];
  grants: { id: Id }[];
  alerts: { id: Id; unit: Id; problem: string; finding: Id; household: Id | null; state: string }[];
  cases: { id: Id; alert: Id; household: Id | null; state: string }[];
  visits: { id: Id; case: Id; state: string; technician: Id | null; slot: number | null }[];
  faults: { twoAlerts: number; ownerless: number; poisoned: number; usableCodes: number; revivedKeys: number };
};

const rows = (columns: string, from: string, order: string): string =>
  `(select coalesce(jsonb_agg(x order by ${order}), '[]') from (select ${columns} from ${from}) x)`;

const PICTURE = `select
  ${rows('a.id, a.household, c.appliance is not null as code', 'app.appliance a left join app.claim_code c on c.appliance = a.id', 'x.id')} as units,
  ${rows('household, person, standing', 'app.household_member', 'x.household, x.person')} as members,
  ${rows('id, role, deactivated_at is null and erased_at is null as active', 'app.person', 'x.id')} as people,
  ${rows('id', 'app.repair_grant where revoked_at is null and ends_at > $1', 'x.id')} as grants,
  ${rows('id, appliance as unit, problem, finding_id as finding, household, state', 'app.alert', 'x.id')} as alerts,
  ${rows('id, alert, household, state', 'app.service_case', 'x.id')} as cases,
  ${rows('id, case_id as "case", ordinal, state, technician, slot_start as slot', 'app.visit', 'x."case", x.ordinal')} as visits,
  jsonb_build_object(
    'twoAlerts', (select count(*) from (select 1 from app.alert where state in ('open', 'acknowledged', 'snoozed')
                   group by appliance, problem having count(*) > 1) x),
    'ownerless', (select count(*) from (select 1 from app.household_member
                   group by household having count(*) filter (where standing = 'owner') = 0) x),
    'poisoned', (select count(*) from app.outbox where attempts > 0 or last_error is not null),
    'usableCodes', (select count(*) from app.claim_code c join app.appliance a on a.id = c.appliance
                     where a.household is not null),
    'revivedKeys', (select count(*) from keys.subject_key k where k.subject in (
                     select id from app.person where erased_at is not null
                     union select id from app.household where name_sealed is null))) as faults`;

/** Throws a Violation where the two differ. Takes over what the platform was free to choose. */
export async function compare(sql: Sql, model: Model): Promise<void> {
  const [picture] = await sql.query<Picture>(PICTURE, [model.now]);
  const { units, members, people, grants, alerts, cases, visits, faults } = picture!;
  for (const [fault, count] of Object.entries(faults)) must(count === 0, () => `${fault}: ${count}`);
  same(
    'units',
    units.map(({ id, household, code }) => [id, household, code]),
    model.units.map(({ id, household, hasCode }) => [id, household, hasCode]),
  );
  same(
    'members',
    members.map(({ household, person, standing }) => [household, person, standing]),
    [...model.households].flatMap(([household, people]) => [...people].map(([person, as]) => [household, person, as])),
  );
  same(
    'people',
    people.map(({ id, role, active }) => [id, role, active]),
    model.people.map(({ id, role, active }) => [id, role, active]),
  );
  same(
    'grants',
    grants.map(({ id }) => [id]),
    model.grants.filter((grant) => runs(model, grant)).map(({ id }) => [id]),
  );
  compareAlerts(alerts, model.alerts);
  compareCases(model, cases, visits);
}

function same(what: string, real: unknown[][], expected: unknown[][]): void {
  const [a, b] = [real, expected].map((list) => list.map((row) => JSON.stringify(row)).sort());
  const more = a!.filter((row) => !b!.includes(row));
  const less = b!.filter((row) => !a!.includes(row));
  must(
    a!.length === b!.length && more.length === 0 && less.length === 0,
    () => `${what}: there is ${more} and not ${less}`,
  );
}

/** Ids grow with time: those about one problem of one unit are in the order in which they were made. */
function compareAlerts(real: Picture['alerts'], expected: readonly ModelAlert[]): void {
  must(real.length === expected.length, () => `alerts: ${real.length} and not ${expected.length}`);
  const left = [...real];
  for (const [index, alert] of expected.entries()) {
    const { unit, finding } = alert;
    const at = left.findIndex((row) => row.unit === unit.id && row.problem === finding.problem);
    must(at >= 0, () => `alert ${index} about ${finding.problem} of ${unit.name} is missing`);
    const [row] = left.splice(at, 1);
    alert.id ??= row!.id;
    const is = [row!.id, row!.finding, row!.household, row!.state];
    const ought = [alert.id, findingId(finding), alert.household, alert.state];
    must(JSON.stringify(is) === JSON.stringify(ought), () => `alert ${index}: is ${is}, ought to be ${ought}`);
  }
}

function compareCases(model: Model, real: Picture['cases'], visits: Picture['visits']): void {
  must(real.length === model.cases.length, () => `cases: ${real.length} and not ${model.cases.length}`);
  for (const file of model.cases) {
    const row = real.find(({ alert }) => alert === file.alert.id);
    must(row !== undefined, () => `no case for the alert ${file.alert.id}`);
    file.id ??= row!.id;
    const is = [row!.household, row!.state];
    const ought = [file.household, file.state];
    must(JSON.stringify(is) === JSON.stringify(ought), () => `case ${file.id}: is ${is}, ought to be ${ought}`);
    compareVisits(
      model,
      file,
      visits.filter((visit) => visit.case === row!.id),
    );
  }
}

function compareVisits(model: Model, file: ModelCase, real: Picture['visits']): void {
  must(real.length === file.visits.length, () => `visits of ${file.id}: ${real.length} and not ${file.visits.length}`);
  for (const [index, visit] of file.visits.entries()) {
    const row = real[index]!;
    visit.id ??= row.id;
    if (visit.looking !== null) adopt(model, file, visit, row);
    const is = [row.state, row.technician, row.slot];
    const ought = [visit.state, visit.technician, visit.slot?.start ?? null];
    must(JSON.stringify(is) === JSON.stringify(ought), () => `visit ${visit.id}: is ${is}, ought to be ${ought}`);
  }
}

/** Somebody suitable who was not asked before; nobody only when there is nobody. It may be cancelled already. */
function adopt(model: Model, file: ModelCase, visit: ModelVisit, row: Picture['visits'][number]): void {
  const candidates = suitable(model, file, visit).map(({ id }) => id);
  const { looking } = visit;
  visit.looking = null;
  if (row.technician !== null && (row.state === 'offered' || visit.state === 'cancelled')) {
    const { technician } = row;
    must(candidates.includes(technician), () => `visit ${row.id} is offered to ${technician}, who is not suitable`);
    const cancelled = visit.state === 'cancelled';
    offerTo(model, visit, technician);
    if (cancelled) visit.state = 'cancelled';
  } else if (looking === 'must' && visit === lastVisit(file)) {
    must(candidates.length === 0, () => `visit ${row.id} is offered to nobody, and ${candidates} could come`);
  }
}

/** Of everything that a half-done step could leave behind. Counts of guesses and dead sessions are tidied outside of transactions. */
export async function fingerprint(sql: Sql): Promise<string> {
  const tables = await sql.query<{ name: string }>(
    `select schemaname || '.' || tablename as name from pg_tables where schemaname in ('app', 'keys')
        and tablename not in ('claim_attempts', 'session', 'migration') order by 1`,
  );
  const sums = tables.map(
    ({ name }) => `(select coalesce(sum(hashtextextended(t::text, 0)::numeric), 0) from ${name} t)`,
  );
  const [row] = await sql.query<{ sums: string }>(`select concat_ws(' ', ${sums.join(', ')}) as sums`);
  return row!.sums;
}
