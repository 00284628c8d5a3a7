// Whose a thing is: what the policy needs to know of each kind of object.
import { type AlertPlace, alertPlace } from '#alerts';
import type { Change, Id } from '#contracts';
import { caseById, caseHands, caseOfVisit, workOf } from '#field-service';
import {
  type ApplianceRecord,
  applianceById,
  appliancesByIds,
  homeOrganisation,
  householdById,
  NOBODYS,
  organisationsOfHousehold,
  type PolicyObject,
  type Viewer,
} from '#registry';
import type { Clock, Sql } from '#runtime';
import type { ObjectKind } from './wall.ts';

type Work = Awaited<ReturnType<typeof workOf>>;
type Worker = Parameters<typeof workOf>[1];

/** Null: there is no such thing. */
export type Lookups = {
  appliance(id: Id): Promise<ApplianceRecord | null>;
  alert(id: Id): Promise<AlertPlace | null>;
  serviceCase(id: Id): Promise<PolicyObject | null>;
  visit(id: Id): Promise<PolicyObject | null>;
  work(who: Worker): Promise<Work>;
};

export const freshLookups = (sql: Sql, clock: Clock): Lookups => ({
  appliance: (id) => applianceById(sql, id),
  alert: (id) => alertPlace(sql, id),
  serviceCase: (id) => caseHands(sql, id, clock.now()),
  visit: (id) => ofVisit(sql, id, clock.now()),
  work: (who) => workOf(sql, who, clock.now()),
});

/** For many questions at one moment: the appliances are asked for together, everything else once. */
export async function momentLookups(sql: Sql, clock: Clock, appliances: readonly Id[]): Promise<Lookups> {
  const known = await appliancesByIds(sql, appliances);
  const fresh = freshLookups(sql, clock);
  return {
    appliance: async (id) => known.get(id) ?? null,
    alert: once(fresh.alert),
    serviceCase: once(fresh.serviceCase),
    visit: once(fresh.visit),
    work: once(fresh.work),
  };
}

function once<Question, Answer>(ask: (question: Question) => Promise<Answer>): (question: Question) => Promise<Answer> {
  const asked = new Map<string, Promise<Answer>>();
  return (question) => {
    const key = JSON.stringify(question);
    const answer = asked.get(key) ?? ask(question);
    asked.set(key, answer);
    return answer;
  };
}

/** What concerns the whole installation is for who runs it. */
export async function theInstallation(sql: Sql): Promise<PolicyObject> {
  return { ...NOBODYS, organisations: [(await homeOrganisation(sql)).id] };
}

export type ObjectKinds = Record<'appliance' | 'alert' | 'serviceCase' | 'visit' | 'household', ObjectKind>;

export function objectKinds(sql: Sql, look: Lookups): ObjectKinds {
  return {
    appliance: {
      read: 'read-appliance',
      async load(id, viewer) {
        const found = await look.appliance(id);
        if (!found) return null;
        const place = { household: found.household?.id ?? null, organisation: found.organisation, appliance: id };
        return withWorkers(look, place, viewer, ({ appliances }) => appliances.includes(id));
      },
    },
    alert: {
      read: 'read-alert',
      async load(id, viewer) {
        const found = await look.alert(id);
        if (!found) return null;
        const place = await withWorkers(look, found, viewer, ({ alerts }) => alerts.includes(id));
        return viewer.role === 'repairer' ? whereItStands(look, place) : place;
      },
    },
    serviceCase: { read: 'read-case', load: (id) => look.serviceCase(id) },
    visit: { read: 'read-case', load: (id) => look.visit(id) },
    household: { read: 'read-household', load: (id) => ofHousehold(sql, id) },
  };
}

/** A grant is one household's: what happened in the one before is not among it. */
async function whereItStands(look: Lookups, place: PolicyObject): Promise<PolicyObject> {
  const found = place.appliance === null ? null : await look.appliance(place.appliance);
  return found?.household?.id === place.household ? place : { ...place, appliance: null };
}

/** Whether the viewer, or the partner firm he works for, has work there. */
async function withWorkers(
  look: Lookups,
  { household, organisation, appliance }: { household: Id | null; organisation: Id; appliance: Id },
  viewer: Viewer,
  isWork: (work: Work) => boolean,
): Promise<PolicyObject> {
  const base = { household, appliance, organisations: [organisation], technicians: [] };
  if (viewer.role === 'technician') {
    return isWork(await look.work({ technician: viewer.person })) ? { ...base, technicians: [viewer.person] } : base;
  }
  if (viewer.organisation === null || viewer.organisation === organisation) return base;
  const works = isWork(await look.work({ partner: viewer.organisation }));
  return works ? { ...base, organisations: [organisation, viewer.organisation] } : base;
}

async function ofHousehold(sql: Sql, id: Id): Promise<PolicyObject | null> {
  if (!(await householdById(sql, id))) return null;
  return { ...NOBODYS, household: id, organisations: await organisationsOfHousehold(sql, id) };
}

/** A visit is its technician's own; a colleague of another visit in the same case has no say in it. */
async function ofVisit(sql: Sql, id: Id, now: number): Promise<PolicyObject | null> {
  const caseId = await caseOfVisit(sql, id);
  const [file, hands] =
    caseId === null ? [null, null] : await Promise.all([caseById(sql, caseId), caseHands(sql, caseId, now)]);
  if (!file || !hands) return null;
  const technician = file.visits.find((visit) => visit.id === id)?.technician;
  return { ...hands, technicians: hands.technicians.filter((one) => one === technician?.id) };
}

/** The kind of what a live change is about. */
export const KIND_OF_CHANGE: Record<Change['what'], keyof ObjectKinds> = {
  appliance: 'appliance',
  readings: 'appliance',
  alert: 'alert',
  case: 'serviceCase',
};
