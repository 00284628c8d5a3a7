// Alarms as people live through them: those of one appliance with one cause that are less than a day apart are one episode.
import { DAY } from '#runtime';
import type { Told } from './judged-life.ts';

/** Within this long after the first word people act on what they were told. */
export const SETTLES_MS = DAY;
const APART_MS = DAY;

export type Episode = {
  problem: string;
  cause: string;
  start: number;
  /** Null while it is open. */
  end: number | null;
  /** What was said, oldest first, without the words that close it. */
  said: Told[];
  /** How many alarms it is made of. */
  alarms: number;
};

/** What stood there at a time; null before the first word. */
export const saidAt = (episode: Episode, at: number): Told | null =>
  episode.said.findLast((told) => told.at <= at) ?? null;

function alarmsOf(told: readonly Told[]): Episode[] {
  const open = new Map<string, Episode>();
  const all: Episode[] = [];
  for (const word of told) {
    const known = open.get(word.finding);
    if (word.change === 'closed' || word.change === 'withdrawn') {
      if (known) known.end = word.at;
      open.delete(word.finding);
    } else if (known) known.said.push(word);
    else if (word.change === 'opened') {
      const alarm = { problem: word.problem, cause: '', start: word.at, end: null, said: [word], alarms: 1 };
      open.set(word.finding, alarm);
      all.push(alarm);
    }
  }
  for (const alarm of all) alarm.cause = saidAt(alarm, alarm.start + SETTLES_MS)!.causes[0]!.cause;
  return all.sort((a, b) => a.start - b.start);
}

/** What ended before it could be told is none. A withdrawn alarm is one: somebody read it. */
export function episodesOf(told: readonly Told[]): Episode[] {
  const episodes: Episode[] = [];
  for (const alarm of alarmsOf(told)) {
    const before = episodes.findLast(({ problem, cause }) => problem === alarm.problem && cause === alarm.cause);
    if (before?.end != null && alarm.start - before.end < APART_MS) {
      before.end = alarm.end;
      before.said.push(...alarm.said);
      before.alarms++;
    } else episodes.push(alarm);
  }
  return episodes;
}
