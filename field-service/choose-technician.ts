// Whom to ask: the same region first, somebody who can do it, the least busy, then by name. Pure.
import type { Id } from '#contracts';
import type { TechnicianProfile } from '#registry';

/** A fault nobody knows yet: whoever comes may look. */
const ANYBODY_CAN = 'general';

/** The best technician who was not asked yet; null when none is left. */
export function chooseTechnician(
  all: readonly TechnicianProfile[],
  need: { skill: string; region: string | null; loads: ReadonlyMap<Id, number>; asked: ReadonlySet<Id> },
): TechnicianProfile | null {
  const abroad = (one: TechnicianProfile): number => (one.region === need.region ? 0 : 1);
  const load = (one: TechnicianProfile): number => need.loads.get(one.id) ?? 0;
  const suitable = all
    .filter((one) => !need.asked.has(one.id))
    .filter((one) => need.skill === ANYBODY_CAN || one.skills.includes(need.skill));
  suitable.sort((a, b) => abroad(a) - abroad(b) || load(a) - load(b) || byName(a, b));
  return suitable[0] ?? null;
}

const byName = (a: TechnicianProfile, b: TechnicianProfile): number =>
  a.name < b.name ? -1 : a.name > b.name ? 1 : a.id < b.id ? -1 : 1;
