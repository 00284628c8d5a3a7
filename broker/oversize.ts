// Appliances that send packets over the limit: cut, told at the next connect, and refused for an hour after three cuts.
import type { Id } from '#contracts';
import { HOUR } from '#runtime';

const CUTS_BEFORE_REFUSAL = 3;
const REMEMBERED = 10_000;

export type OversizeRecord = {
  cut(appliance: Id, now: number): void;
  refusedUntil(appliance: Id, now: number): number | null;
};

export function oversizeRecord(): OversizeRecord {
  const cuts = new Map<Id, { count: number; last: number }>();
  return {
    cut(appliance, now) {
      const before = cuts.get(appliance);
      const count = before && now - before.last < HOUR ? before.count + 1 : 1;
      cuts.delete(appliance);
      cuts.set(appliance, { count, last: now });
      if (cuts.size > REMEMBERED) cuts.delete(cuts.keys().next().value!);
    },
    refusedUntil(appliance, now) {
      const record = cuts.get(appliance);
      if (!record || record.count < CUTS_BEFORE_REFUSAL) return null;
      const until = record.last + HOUR;
      if (now < until) return until;
      cuts.delete(appliance);
      return null;
    },
  };
}
