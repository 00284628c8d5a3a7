// A look of staff at what an appliance says, when it happens within a remote session: it goes into the audit log.
import type { Id } from '#contracts';
import { actorOf, lookWithin, type Viewer } from '#registry';
import type { ApiDeps } from './deps.ts';

/** False when no remote session of this person runs there. */
export async function noteLook(
  { sql, clock }: Pick<ApiDeps, 'sql' | 'clock'>,
  viewer: Viewer,
  appliance: Id,
  what: 'live' | 'quarantine',
): Promise<boolean> {
  if (viewer.organisation === null) return false;
  const look = { appliance, person: viewer.person, what, now: clock.now(), by: actorOf(viewer) };
  return (await lookWithin(sql, look)) !== null;
}
