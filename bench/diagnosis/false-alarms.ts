// Alarms that nothing called for: how many a year, about what, and what went on meanwhile.
import { DAY } from '#runtime';
import type { JudgedLife } from './judged-life.ts';
import type { Scored } from './matching.ts';
import { share } from './shares.ts';

export const YEAR = 365.25 * DAY;

export const falseRate = (scored: readonly Scored[]): number => {
  const years = yearsOf(scored.map(({ life }) => life));
  return share(scored.flatMap(({ episodes }) => episodes).filter(({ verdict }) => verdict === 'false').length, years);
};

export const yearsOf = (lives: readonly JudgedLife[]): number =>
  lives.reduce((sum, { observed }) => sum + (observed.until - observed.from) / YEAR, 0);

/** What is told of days is told of the last ones. */
const ICE_TOLD_MS = 3 * DAY;

/** Ice was on its evaporator then, or in the days before; in a healthy life no fault had put it there. */
export const isOfIce = (start: number, { iced }: JudgedLife): boolean =>
  iced.some(({ from, until }) => from <= start && until + ICE_TOLD_MS >= start);

/** Of false episodes: what they were about, and what went on meanwhile. */
export type FalseKind = { problem: string; cause: string; severity: string; during: string; episodes: number };

/** What had begun and was not long over when the episode began. */
function duringOf(start: number, life: JudgedLife): string {
  const names = life.lookAlikes
    .filter(({ onset, end }) => onset <= start && (end ?? onset) + DAY >= start)
    .map(({ name }) => name);
  if (isOfIce(start, life)) names.push('ice');
  return [...new Set(names)].sort().join(' + ') || '-';
}

export function falseKinds(scored: readonly Scored[]): FalseKind[] {
  const kinds = new Map<string, FalseKind>();
  for (const { life, episodes } of scored) {
    for (const { episode, verdict } of episodes) {
      if (verdict !== 'false') continue;
      const { problem, cause, start } = episode;
      const kind = {
        problem,
        cause,
        severity: episode.said.at(-1)!.severity,
        during: duringOf(start, life),
        episodes: 0,
      };
      const name = JSON.stringify(kind);
      const known = kinds.get(name) ?? kind;
      known.episodes++;
      kinds.set(name, known);
    }
  }
  return [...kinds.values()].sort((a, b) => b.episodes - a.episodes);
}
