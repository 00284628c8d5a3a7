// What was said to be the cause, against what it was.
import { type Code, codeOf, isOfCatalogue, TWINS } from './faults.ts';
import type { Told } from './judged-life.ts';
import type { Match, Scored } from './matching.ts';
import { matchesOf } from './recall.ts';
import { macro, share } from './shares.ts';

export const causeOf = (told: Told, place: number): Code | 'unknown' | 'normal' | null => {
  const cause = told.causes[place]?.cause;
  if (cause === undefined) return null;
  return codeOf(told.problem, cause) ?? (cause === 'unknown' ? 'unknown' : 'normal');
};

/** Place of the true cause among those told: 1, 2, or 0. Twins may share the first place. */
export function placeOf(told: Told, code: Code): 0 | 1 | 2 {
  const [first, second] = [causeOf(told, 0), causeOf(told, 1)];
  if (first === code) return 1;
  if (second !== code) return 0;
  return TWINS.includes(code) && TWINS.includes(first as Code) ? 1 : 2;
}

export type CauseCounts = { detected: number; first: number; firstTwo: number };

export function countCauses(matches: readonly Match[], of: 'first' | 'settled' | 'last'): CauseCounts {
  const places = matches.filter((match) => match[of]).map((match) => placeOf(match[of]!, match.event.code));
  return {
    detected: places.length,
    first: places.filter((place) => place === 1).length,
    firstTwo: places.filter((place) => place > 0).length,
  };
}

/** Macro-averaged over the faults. */
export const causeShare =
  (count: 'first' | 'firstTwo', of: 'first' | 'settled') =>
  (scored: readonly Scored[]): number => {
    const byCode = Map.groupBy(matchesOf(scored), ({ event }) => event.code);
    return macro(
      [...byCode]
        .filter(([code]) => isOfCatalogue(code))
        .map(([, matches]) => {
          const counts = countCauses(matches, of);
          return share(counts[count], counts.detected);
        }),
    );
  };

/** Rows: what it was. Columns: what was said first, a day after the alarm. */
export type Confusion = Map<Code, Map<string, number>>;

export function confusionOf(matches: readonly Match[]): Confusion {
  const table: Confusion = new Map();
  for (const match of matches) {
    const row = table.get(match.event.code) ?? new Map<string, number>();
    const told = match.settled ? (causeOf(match.settled, 0) ?? 'unknown') : 'missed';
    row.set(told, (row.get(told) ?? 0) + 1);
    table.set(match.event.code, row);
  }
  return table;
}
