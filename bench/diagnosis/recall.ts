// Which faults were found, and how soon.
import { quantile } from './bootstrap.ts';
import type { Code } from './faults.ts';
import { grownAt, type Match, type Scored } from './matching.ts';
import { share } from './shares.ts';

export const matchesOf = (scored: readonly Scored[]): Match[] =>
  scored.flatMap(({ matches }) => matches).filter(({ censored }) => !censored);

export const recallOf = (matches: readonly Match[]): number =>
  share(matches.filter(({ foundAt }) => foundAt !== null).length, matches.length);

export const suddenRecall = (scored: readonly Scored[]): number =>
  recallOf(matchesOf(scored).filter(({ drifts }) => !drifts));

const GROWING: readonly Code[] = ['F2', 'F3', 'F4', 'F6', 'F8', 'F10'];

const driftMatches = (scored: readonly Scored[]): Match[] =>
  matchesOf(scored).filter(({ drifts, event }) => drifts && GROWING.includes(event.code));

export const beforeDanger = (scored: readonly Scored[]): number => {
  const matches = driftMatches(scored);
  const intime = matches.filter(
    ({ foundAt, dangerAt }) => foundAt !== null && (dangerAt === null || foundAt <= dangerAt),
  );
  return share(intime.length, matches.length);
};

export const driftDelay = (scored: readonly Scored[]): number => {
  const found = driftMatches(scored).filter(({ foundAt }) => foundAt !== null);
  return quantile(
    found.map(({ event, foundAt }) => foundAt! - grownAt(event)),
    0.5,
  );
};
