// Whether an appliance is expected to say anything, said to diagnosis and kept. The log first: twice there says no more than once.
import type { Id, PresenceBody } from '#contracts';
import { actorOf, mustBeARest, setPresence, standingRest, type Viewer } from '#registry';
import { factRecord } from '#runtime';
import type { ApiDeps } from './deps.ts';
import { appendToLog } from './to-log.ts';

type Deps = Pick<ApiDeps, 'sql' | 'log' | 'clock'>;

/** `until` epoch ms; null: it is in use again. Throws `wrong-rest`. */
export async function sayPresence(deps: Deps, appliance: Id, until: number | null, viewer: Viewer): Promise<void> {
  const now = deps.clock.now();
  mustBeARest({ restsUntil: until, now });
  const body: PresenceBody = { restsUntil: until, by: viewer.person };
  await appendToLog(deps.log, factRecord('presence', now, appliance, body));
  await setPresence(deps.sql, { appliance, person: viewer.person, restsUntil: until, by: actorOf(viewer), now });
}

/** What its former household said of it ends with a new one. */
export async function endFormerRest(deps: Deps, appliance: Id, viewer: Viewer): Promise<void> {
  if (await standingRest(deps.sql, appliance, deps.clock.now())) await sayPresence(deps, appliance, null, viewer);
}
