// What lists may show a viewer, in the words of the room that filters them.
import type { AlertScope } from '#alerts';
import type { Id } from '#contracts';
import { workOf } from '#field-service';
import { type ApplianceRecord, type ApplianceScope, type HouseholdScope, scopeOf, type Viewer } from '#registry';
import type { ApiDeps } from './deps.ts';

type Asks = Pick<ApiDeps, 'sql' | 'clock'>;

export async function applianceScope({ sql, clock }: Asks, viewer: Viewer): Promise<ApplianceScope> {
  const scope = scopeOf(viewer);
  if ('technician' in scope) return { appliances: (await workOf(sql, scope, clock.now())).appliances };
  if (!('organisation' in scope)) return scope;
  const { appliances } = await workOf(sql, { partner: scope.organisation }, clock.now());
  return { organisation: scope.organisation, appliances };
}

export async function alertScope({ sql, clock }: Asks, viewer: Viewer): Promise<AlertScope> {
  const scope = scopeOf(viewer);
  if ('technician' in scope) return { alerts: (await workOf(sql, scope, clock.now())).alerts };
  if (!('organisation' in scope)) return scope;
  const { alerts } = await workOf(sql, { partner: scope.organisation }, clock.now());
  return { organisation: scope.organisation, alerts };
}

export function householdScope(viewer: Viewer): HouseholdScope {
  const scope = scopeOf(viewer);
  return 'organisation' in scope || 'households' in scope ? scope : { households: [] };
}

/** For what only staff may ask; the wall has made sure of it. */
export function organisationOf(viewer: Viewer): Id {
  if (viewer.organisation === null) throw new Error(`a ${viewer.role} has no organisation`);
  return viewer.organisation;
}

/** From when on somebody may see what an appliance said, epoch ms: a household, and whom it lets look, since it came to it. */
export const visibleSince = (viewer: Viewer, { ownedSince }: Pick<ApplianceRecord, 'ownedSince'>): number =>
  viewer.role === 'owner' || viewer.role === 'repairer' ? (ownedSince ?? 0) : 0;
