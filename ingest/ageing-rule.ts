// What is due as readings grow old: the hours that are over are rolled up, raw readings go after a while, roll-ups later.
import { DAY, HOUR } from '#runtime';

/** What was measured within an hour mostly arrives within another. What comes later is rolled up anew. */
const SETTLES_WITHIN_MS = HOUR;
/** Messages that wait in the log when their day goes would have no place to go. */
const WAITS_AT_MOST_MS = DAY;

/** Both in days. */
export type KeepRules = { rawDays: number; rollupDays: number };

export type Horizons = {
  /** Hours and days that end by then are over: they may be rolled up. */
  closedBefore: number;
  /** Raw readings before go, once they are rolled up. */
  rawBefore: number;
  /** Roll-ups before go. */
  rollupsBefore: number;
};

const floor = (ms: number, length: number): number => Math.floor(ms / length) * length;

/** All in epoch ms; raw readings and roll-ups are kept for at least the days of the rule. */
export function horizonsAt(now: number, { rawDays, rollupDays }: KeepRules): Horizons {
  return {
    closedBefore: floor(now - SETTLES_WITHIN_MS, HOUR),
    rawBefore: floor(now - rawDays * DAY - WAITS_AT_MOST_MS, DAY),
    rollupsBefore: floor(now - rollupDays * DAY, DAY),
  };
}
