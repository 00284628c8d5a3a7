// Whose a thing is: what the policy needs to know of each kind of object.
import { alertById } from '#alerts';
import type { Change, Id } from '#contracts';
import { caseById, caseOfVisit } from '#field-service';
import { applianceById, appliancesByIds, type PolicyObject, type Viewer } from '#registry';
import type { Sql } from '#runtime';
import type { ObjectKind } from './wall.ts';
import { type Work, workOf } from './work.ts';

type Household = { household: { id: Id } | null };
type CaseLike = Household & { visits: readonly { technician: { id: Id } | null }[] };

/** Null: there is no such thing. */
export type Lookups = {
  appliance(id: Id): Promise<Household | null>;
  alert(id: Id): Promise<Household | null>;
  serviceCase(id: Id): Promise<CaseLike | null>;
  caseOfVisit(visit: Id): Promise<CaseLike | null>;
  work(technician: Id): Promise<Work>;
};

export const freshLookups = (sql: Sql): Lookups => ({
  appliance: (id) => applianceById(sql, id),
  alert: (id) => alertById(sql, id),
  serviceCase: (id) => caseById(sql, id),
  caseOfVisit: (visit) => caseOfVisit(sql, visit),
  work: (technician) => workOf(sql, technician),
});

/** For many questions at one moment: appliances are asked for together, everything else once. */
export async function momentLookups(sql: Sql, appliances: readonly Id[]): Promise<Lookups> {
  const known = await appliancesByIds(sql, appliances);
  const fresh = freshLookups(sql);
  return {
    appliance: async (id) => known.get(id) ?? null,
    alert: once(fresh.alert),
    serviceCase: once(fresh.serviceCase),
    caseOfVisit: once(fresh.caseOfVisit),
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
      load: (id, viewer) => inHome(look, look.appliance(id), viewer, 'appliances', id),
    },
    alert: { read: 'read-alert', load: (id, viewer) => inHome(look, look.alert(id), viewer, 'alerts', id) },
    serviceCase: { read: 'read-case', load: (id) => ofCase(look.serviceCase(id)) },
    visit: { read: 'read-case', load: (id) => ofCase(look.caseOfVisit(id)) },
  };
}

async function inHome(
  look: Lookups,
  asked: Promise<Household | null>,
  viewer: Viewer,
  work: keyof Work,
  id: Id,
): Promise<PolicyObject | null> {
  const found = await asked;
  if (!found) return null;
  const working = viewer.role === 'technician' && (await look.work(viewer.person))[work].has(id);
  return { household: found.household?.id ?? null, technicians: working ? [viewer.person] : [] };
}

async function ofCase(asked: Promise<CaseLike | null>): Promise<PolicyObject | null> {
  const found = await asked;
  if (!found) return null;
  const technicians = found.visits.flatMap(({ technician }) => (technician ? [technician.id] : []));
  return { household: found.household?.id ?? null, technicians };
}

/** The kind of what a live change is about. */
export const KIND_OF_CHANGE: Record<Change['what'], keyof ObjectKinds> = {
  appliance: 'appliance',
  readings: 'appliance',
  alert: 'alert',
  case: 'serviceCase',
};
