// Episodes of alarms against what was really wrong: which fault each one found, and which alarms nothing called for.
import { DAY, HOUR } from '#runtime';
import { type Episode, episodesOf, SETTLES_MS, saidAt } from './episodes.ts';
import { codeOf, FAULTS, speaksOf } from './faults.ts';
import type { FaultEvent, JudgedLife, Span, Told } from './judged-life.ts';

/** A fault that grows for longer than this drifts; the others come at once, or nearly. */
const DRIFTS_OVER_MS = DAY;
/** A drifting fault that has had its full strength for so long is missed. */
const FULL_FOR_MS = 7 * DAY;
const GROWN_SHARE = 0.2;
/** After a fault is over the appliance needs so long to be itself again. */
const AFTERMATH_MS = DAY;
const AROUND_DANGER_MS = HOUR;

export type Match = {
  event: FaultEvent;
  drifts: boolean;
  due: Span;
  /** The life ended before the alarm was due, and there was none. */
  censored: boolean;
  /** When it was found; null when it was not. */
  foundAt: number | null;
  /** What was said when it was found, what stood there a day later, and what while the fault was last there. */
  first: Told | null;
  settled: Told | null;
  last: Told | null;
  /** Food above the limit for the first time in this fault, from a fifth of its strength on. */
  dangerAt: number | null;
};

/** `false`: nothing called for it. `late` and `repeat` belong to a fault; `warranted`: food was really too warm. */
export type Verdict = 'hit' | 'repeat' | 'late' | 'warranted' | 'false';
export type Scored = {
  life: JudgedLife;
  matches: Match[];
  episodes: { episode: Episode; verdict: Verdict }[];
};

export const driftsOf = ({ growMs }: FaultEvent): boolean => growMs > DRIFTS_OVER_MS;
/** When a drifting fault has a fifth of its strength. */
export const grownAt = (event: FaultEvent): number => event.onset + GROWN_SHARE * event.growMs;

/** The onset, or the end of what keeps the appliance from telling. */
export const heardFrom = ({ code, onset, end }: FaultEvent): number =>
  FAULTS[code].dueAfterEnd ? (end ?? onset) : onset;

export function dueOf(event: FaultEvent): Span {
  const { code, onset, growMs } = event;
  if (driftsOf(event)) return { from: onset, until: onset + growMs + FULL_FOR_MS };
  return { from: onset, until: heardFrom(event) + growMs + FAULTS[code].dueWithinMs };
}

/** When the episode found the fault: it began in time, or was open already and then came to name it. */
function findsAt(episode: Episode, { code }: FaultEvent, due: Span): number | null {
  const names = (told: Told) => codeOf(told.problem, told.causes[0]!.cause) === code;
  if (!speaksOf(episode.problem, code) && !episode.said.some(names)) return null;
  if (episode.start >= due.from && episode.start <= due.until) return episode.start;
  if (episode.start > due.until) return null;
  return episode.said.find((told) => told.at >= due.from && told.at <= due.until && names(told))?.at ?? null;
}

function matchOf(event: FaultEvent, life: JudgedLife, episodes: readonly Episode[]): Match & { by: Episode | null } {
  const due = dueOf(event);
  const found = episodes
    .map((episode) => ({ episode, at: findsAt(episode, event, due) }))
    .filter((hit) => hit.at !== null)
    .sort((a, b) => a.at! - b.at!)[0];
  const foundAt = found?.at ?? null;
  const settledAt =
    foundAt === null ? 0 : Math.min(foundAt + SETTLES_MS, Math.max(foundAt, event.end ?? Number.POSITIVE_INFINITY));
  // Food that gets too warm before a growing fault is worth mention does so for another reason.
  const danger = life.dangers.find(
    ({ from }) => from >= grownAt(event) && !(event.end !== null && from > event.end + AFTERMATH_MS),
  );
  return {
    event,
    drifts: driftsOf(event),
    due,
    censored: foundAt === null && life.observed.until < due.until,
    foundAt,
    first: found ? saidAt(found.episode, foundAt!) : null,
    settled: found ? saidAt(found.episode, settledAt) : null,
    last: found ? saidAt(found.episode, Math.max(foundAt!, event.end ?? Number.POSITIVE_INFINITY)) : null,
    dangerAt: danger?.from ?? null,
    by: found?.episode ?? null,
  };
}

function verdictOf(episode: Episode, life: JudgedLife, matches: readonly (Match & { by: Episode | null })[]): Verdict {
  if (matches.some(({ by }) => by === episode)) return 'hit';
  const of = matches.filter(
    ({ event }) =>
      speaksOf(episode.problem, event.code) &&
      episode.start >= event.onset &&
      episode.start <= (event.end ?? Number.POSITIVE_INFINITY) + AFTERMATH_MS,
  );
  if (of.length > 0) return of.some(({ by }) => by) ? 'repeat' : 'late';
  const real = life.dangers.some(
    ({ from, until }) => episode.start >= from - AROUND_DANGER_MS && episode.start <= until + AROUND_DANGER_MS,
  );
  return real ? 'warranted' : 'false';
}

export function scoreLife(life: JudgedLife, told: readonly Told[] = life.told): Scored {
  const episodes = episodesOf(told);
  const matches = life.faults.map((event) => matchOf(event, life, episodes));
  return {
    life,
    matches: matches.map(({ by: _, ...match }) => match),
    episodes: episodes.map((episode) => ({ episode, verdict: verdictOf(episode, life, matches) })),
  };
}
