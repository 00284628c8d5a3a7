// The same figures by how an appliance is built, what it sends and how, and where it stands.
import { falseRate, yearsOf } from './false-alarms.ts';
import type { Scored } from './matching.ts';
import { matchesOf, recallOf } from './recall.ts';
import { share } from './shares.ts';
import { causeOf, countCauses } from './told-causes.ts';

export type Stratum = {
  name: string;
  value: string;
  lives: number;
  events: number;
  recall: number;
  first: number;
  unknown: number;
  years: number;
  falsePerYear: number;
};

export function strataOf(scored: readonly Scored[]): Stratum[] {
  const names = new Set(scored.flatMap(({ life }) => Object.keys(life.strata)));
  return [...names].sort().flatMap((name) => {
    const groups = Map.groupBy(scored, ({ life }) => life.strata[name] ?? '-');
    return [...groups]
      .sort(([a], [b]) => a.localeCompare(b, 'en', { numeric: true }))
      .map(([value, lives]) => stratumOf(name, value, lives));
  });
}

function stratumOf(name: string, value: string, scored: readonly Scored[]): Stratum {
  const matches = matchesOf(scored);
  const settled = matches.filter((match) => match.settled);
  const healthy = scored.filter(({ life }) => life.asked === null);
  const counts = countCauses(settled, 'settled');
  return {
    name,
    value,
    lives: scored.length,
    events: matches.length,
    recall: recallOf(matches),
    first: share(counts.first, counts.detected),
    unknown: share(settled.filter((match) => causeOf(match.settled!, 0) === 'unknown').length, settled.length),
    years: yearsOf(healthy.map(({ life }) => life)),
    falsePerYear: falseRate(healthy),
  };
}
