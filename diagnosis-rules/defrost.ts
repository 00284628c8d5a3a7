// Defrosts: how warm the evaporator got, and what was drawn.
import { DAY, HOUR, MINUTE } from '#runtime';
import type { Memory } from './memory.ts';
import { exact, rough } from './places.ts';
import { DEFROST_ON, FIRST, lastSaid, NEWEST } from './signals.ts';
import type { Span } from './span.ts';

/** The evaporator is warmest a little after the heater went off. */
const AFTERGLOW_MS = 10 * MINUTE;

const SINCE = exact.take('defrost since');
const ENDED_AT = exact.take('defrost ended');
const PEAK = rough.take('warmest of this defrost');
const LAST_PEAK = rough.take('warmest of the last defrost');
const LAST_ENDED_AT = exact.take('last defrost settled');
export const DEFROSTS_SEEN = rough.take('defrosts seen');
const COUNTED_AT = exact.take('last defrost counted');

/** Starts that are nearer to each other are of one defrost. */
const ONE_DEFROST_MS = 3 * HOUR;

const seen = (m: Memory): number => m.rough[DEFROSTS_SEEN]! || 0;

function countDefrost(m: Memory, at: number): void {
  if (!(at - m.exact[COUNTED_AT]! < ONE_DEFROST_MS)) m.rough[DEFROSTS_SEEN] = seen(m) + 1;
  m.exact[COUNTED_AT] = at;
}

const FEWEST_DEFROSTS = 3;
/** One that waits longer than this does not defrost by itself. */
const ICES_AT_MOST_MS = 10 * DAY;

/** An evaporator begins without ice; some defrosts later there is as much between two of them as there will always be. */
export const isStillIcing = (m: Memory): boolean =>
  !Number.isNaN(lastSaid(m, DEFROST_ON)) &&
  seen(m) < FEWEST_DEFROSTS &&
  m.exact[NEWEST]! - m.exact[FIRST]! < ICES_AT_MOST_MS;

const warmer = (a: number, b: number): number => (b > a || Number.isNaN(a) ? b : a);

export function followDefrost(m: Memory, { ms, before, now }: Span): void {
  if (now.defrost === 1) {
    if (before.defrost !== 1 && ms > 0) {
      countDefrost(m, now.at);
      m.exact[SINCE] = now.at;
      m.rough[PEAK] = now.evaporator;
    }
    m.exact[ENDED_AT] = Number.NaN;
  } else if (before.defrost === 1 && ms > 0) m.exact[ENDED_AT] = now.at;
  if (Number.isNaN(m.exact[SINCE]!)) return;
  if (ms === 0) {
    m.exact[SINCE] = Number.NaN;
    return;
  }
  m.rough[PEAK] = warmer(m.rough[PEAK]!, now.evaporator);
  if (now.at - m.exact[ENDED_AT]! < AFTERGLOW_MS || Number.isNaN(m.exact[ENDED_AT]!)) return;
  // Only a defrost that was seen whole, and long enough for a heater to show.
  if (m.exact[ENDED_AT]! - m.exact[SINCE]! >= AFTERGLOW_MS) {
    m.rough[LAST_PEAK] = m.rough[PEAK]!;
    m.exact[LAST_ENDED_AT] = m.exact[ENDED_AT]!;
  }
  m.exact[SINCE] = Number.NaN;
}

const KNOWN_FOR_MS = 3 * DAY;
/** °C: the warmest that the evaporator got in the last defrost; NaN when there was none of late. */
export const lastDefrostPeak = (m: Memory, at: number): number =>
  at - m.exact[LAST_ENDED_AT]! <= KNOWN_FOR_MS ? m.rough[LAST_PEAK]! : Number.NaN;
