// Whose a thing is: what the policy needs to know of each kind of object.
import { alertById } from '#alerts';
import type { Change, Id } from '#contracts';
import { caseById, caseOfVisit, techniciansAt, workOf } from '#field-service';
import { applianceById, appliancesByIds, type PolicyObject, type Viewer } from '#registry';
import type { Sql } from '#runtime';
import type { ObjectKind } from './wall.ts';

type Work = Awaited<ReturnType<typeof workOf>>;
type Home = { household: { id: Id } | null };

/** Null: there is no such thing. */
export type Lookups = {
  appliance(id: Id): Promise<Home | null>;
  alert(id: Id): Promise<Home | null>;
  serviceCase(id: Id): Promise<PolicyObject | null>;
  visit(id: Id): Promise<PolicyObject | null>;
  work(technician: Id): Promise<Work>;
};

export const freshLookups = (sql: Sql): Lookups => ({
  appliance: (id) => applianceById(sql, id),
  alert: (id) => alertById(sql, id),
  serviceCase: (id) => ofCase(sql, id),
  visit: (id) => ofVisit(sql, id),
  work: (technician) => workOf(sql, technician),
});

/** For many questions at one moment: the appliances are asked for together, everything else once. */
export async function momentLookups(sql: Sql, appliances: readonly Id[]): Promise<Lookups> {
  const known = await appliancesByIds(sql, appliances);
  const fresh = freshLookups(sql);
  return {
    appliance: async (id) => known.get(id) ?? null,
    alert: once(fresh.alert),
    serviceCase: once(fresh.serviceCase),
    visit: once(fresh.visit),
    work: once(fresh.work),
  };
}

function once<T>(ask: (id: Id) => Promise<T>): (id: Id) => Promise<T> {
  const asked = new Map<Id, Promise<T>>();
  return (id) => {
    const answer = asked.get(id) ?? ask(id);
    asked.set(id, answer);
    return answer;
  };
}

export type ObjectKinds = Record<'appliance' | 'alert' | 'serviceCase' | 'visit', ObjectKind>;

export function objectKinds(look: Lookups): ObjectKinds {
  return {
    appliance: {
      read: 'read-appliance',
      load: async (id, viewer) =>
        inHome(look, await look.appliance(id), viewer, ({ appliances }) => appliances.includes(id)),
    },
    alert: {
      read: 'read-alert',
      load: async (id, viewer) => inHome(look, await look.alert(id), viewer, ({ alerts }) => alerts.includes(id)),
    },
    serviceCase: { read: 'read-case', load: (id) => look.serviceCase(id) },
    visit: { read: 'read-case', load: (id) => look.visit(id) },
  };
}

async function inHome(
  look: Lookups,
  found: Home | null,
  viewer: Viewer,
  isWork: (work: Work) => boolean,
): Promise<PolicyObject | null> {
  if (!found) return null;
  const works = viewer.role === 'technician' && isWork(await look.work(viewer.person));
  return { household: found.household?.id ?? null, technicians: works ? [viewer.person] : [] };
}

async function ofCase(sql: Sql, id: Id): Promise<PolicyObject | null> {
  const found = await caseById(sql, id);
  return found && { household: found.household?.id ?? null, technicians: await techniciansAt(sql, { case: id }) };
}

/** A visit is its technician's own; a colleague of another visit in the same case has no say in it. */
async function ofVisit(sql: Sql, id: Id): Promise<PolicyObject | null> {
  const caseId = await caseOfVisit(sql, id);
  const found = caseId === null ? null : await caseById(sql, caseId);
  if (!found) return null;
  const technician = found.visits.find((visit) => visit.id === id)?.technician;
  return { household: found.household?.id ?? null, technicians: technician ? [technician.id] : [] };
}

/** The kind of what a live change is about. */
export const KIND_OF_CHANGE: Record<Change['what'], keyof ObjectKinds> = {
  appliance: 'appliance',
  readings: 'appliance',
  alert: 'alert',
  case: 'serviceCase',
};
