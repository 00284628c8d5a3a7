// Whether the cabinet's thermometer can be believed: it stands still, jumps, trembles, is out of its range, or is gone.
import { HOUR, MINUTE } from '#runtime';
import { doorMovedWithin } from './door.ts';
import type { Memory } from './memory.ts';
import { exact, rough } from './places.ts';
import { silentAfter } from './power-cut.ts';
import { AIR, FRESH_MS, NEWEST, stampOf } from './signals.ts';
import { fadingCount, forgetful, type Span } from './span.ts';

const TAU_MS = 1 * HOUR;
/** No air changes so fast by itself with a door that is shut. */
const JUMP_KELVIN = 4;
/** In five minutes a small cabinet may come down by half of its band and more. */
const FAR_JUMP_KELVIN = 8;
const JUMP_MS = 6 * MINUTE;
/** Trembling is looked at between readings this near to each other. */
const NEAR_MS = 2.2 * MINUTE;
/** In five minutes a healthy thermostat turns the air round too: of a bend seen so rarely less counts. */
const COARSE_SHARE = 0.25;
const EVEN_MS = 0.5 * MINUTE;
/** Whole degrees are the coarsest that a refrigerator tells: between two of them it goes to and fro at their border. */
const COARSEST_STEP_KELVIN = 1.05;
/** What is told in another unit comes back a little rounded. */
const SAME_KELVIN = 0.01;
const LONGEST_FORGOTTEN_MS = 14 * 24 * HOUR;
/** Where whole degrees are told when they change, air that hardly moves is left out for hours, and hardly for longer. */
const LONGEST_LEFT_OUT_MS = 4 * HOUR;
/** What is left of the longest time with each shorter one. */
const LEFT_OUT_KEPT = 0.99;
/** So many times the longest of late is still no sign that it is gone. */
const LEFT_OUT_TIMES = 4;

const SAME_SINCE = exact.take('thermometer the same since');
const LONGEST_SAME = exact.take('thermometer longest the same');
const LAST = rough.take('thermometer last');
const LAST_AT = exact.take('thermometer last stamp');
const LAST_MS = exact.take('thermometer last interval');
const LAST_BUT_ONE = rough.take('thermometer last but one');
const JUMPS = rough.take('thermometer jumps');
const JUMPS_AT = exact.take('thermometer jumps stamp');
const TREMBLE = rough.take('thermometer tremble');
const EVAPORATOR_THEN = rough.take('evaporator when the thermometer stood');
const MOVED = rough.take('evaporator moved since');
const LEFT_OUT = rough.take('thermometer longest left out');
const OUT = rough.take('thermometer out of range');
const OUT_AT = exact.take('thermometer out of range stamp');

function noteSame(m: Memory, at: number, evaporator: number): void {
  const lasted = at - m.exact[SAME_SINCE]!;
  const longest = m.exact[LONGEST_SAME]!;
  const faded = Number.isNaN(longest) ? 0 : longest * Math.exp(-lasted / LONGEST_FORGOTTEN_MS);
  if (lasted > 0) m.exact[LONGEST_SAME] = Math.max(faded, lasted);
  m.exact[SAME_SINCE] = at;
  m.rough[EVAPORATOR_THEN] = evaporator;
  m.rough[MOVED] = 0;
}

/** Since its last value, while others came. */
const leftOutMs = (m: Memory, until: number): number => {
  const last = m.exact[LAST_AT]!;
  return Math.max(0, until - last - silentAfter(m, last));
};

function noteLeftOut(m: Memory, at: number): void {
  const usual = (m.rough[LEFT_OUT]! || 0) * LEFT_OUT_KEPT;
  m.rough[LEFT_OUT] = Math.max(usual, Math.min(LONGEST_LEFT_OUT_MS, leftOutMs(m, at)));
}

export function followThermometer(m: Memory, { now }: Span): void {
  const { at, air } = now;
  if (stampOf(m, AIR) !== at || at === m.exact[LAST_AT]) return;
  const ms = at - m.exact[LAST_AT]!;
  if (ms > FRESH_MS) noteLeftOut(m, at);
  const last = m.rough[LAST]!;
  const stored = Math.fround(air);
  if (stored !== last || !(ms <= FRESH_MS)) {
    // A change after a long silence says nothing of how long it usually stands.
    if (!(ms <= FRESH_MS)) m.exact[SAME_SINCE] = Number.NaN;
    noteSame(m, at, now.evaporator);
  } else {
    if (Number.isNaN(m.rough[EVAPORATOR_THEN]!)) m.rough[EVAPORATOR_THEN] = now.evaporator;
    const moved = Math.abs(now.evaporator - m.rough[EVAPORATOR_THEN]!);
    if (moved > m.rough[MOVED]!) m.rough[MOVED] = moved;
  }
  const jump = ms <= NEAR_MS ? JUMP_KELVIN : FAR_JUMP_KELVIN;
  if (ms <= JUMP_MS && Math.abs(air - last) >= jump && !doorMovedWithin(m, at, 15 * MINUTE)) {
    m.rough[JUMPS] = fadingCount(m.rough[JUMPS]!, at - m.exact[JUMPS_AT]!, TAU_MS) + 1;
    m.exact[JUMPS_AT] = at;
  }
  const lastMs = m.exact[LAST_MS]!;
  const isNear = ms <= NEAR_MS && lastMs <= NEAR_MS;
  const isEven = ms <= JUMP_MS && Math.abs(ms - lastMs) < EVEN_MS;
  if ((isNear || isEven) && !doorMovedWithin(m, at, 15 * MINUTE)) {
    const isBack = Math.abs(air - m.rough[LAST_BUT_ONE]!) < SAME_KELVIN;
    const isBorder = isBack && Math.abs(air - last) < COARSEST_STEP_KELVIN;
    const bend = isBorder ? 0 : Math.abs(air - 2 * last + m.rough[LAST_BUT_ONE]!) * (isNear ? 1 : COARSE_SHARE);
    m.rough[TREMBLE] = forgetful(m.rough[TREMBLE]!, bend, ms, TAU_MS);
  }
  m.rough[LAST_BUT_ONE] = last;
  m.exact[LAST_MS] = ms;
  m.rough[LAST] = air;
  m.exact[LAST_AT] = at;
}

/** A value of the cabinet's thermometer was refused because no cabinet is so warm or so cold. */
export function noteOutOfRange(m: Memory, at: number): void {
  m.rough[OUT] = fadingCount(m.rough[OUT]!, at - m.exact[OUT_AT]!, TAU_MS) + 1;
  m.exact[OUT_AT] = at;
}

/** How long it has said exactly the same while the evaporator moved by kelvins; 0 while that is nothing unusual for it. */
export function frozenMs(m: Memory, at: number): number {
  if (Number.isNaN(m.exact[LAST_AT]!)) return Number.NaN;
  if (at - m.exact[LAST_AT]! > FRESH_MS) return 0;
  const lasted = m.exact[LAST_AT]! - m.exact[SAME_SINCE]!;
  const usual = Number.isNaN(m.exact[LONGEST_SAME]!) ? 0 : m.exact[LONGEST_SAME]!;
  return lasted > 2 * usual && m.rough[MOVED]! > 4 ? lasted : 0;
}

export const jumpsAt = (m: Memory, at: number): number =>
  Number.isNaN(m.exact[LAST_AT]!) ? Number.NaN : fadingCount(m.rough[JUMPS]!, at - m.exact[JUMPS_AT]!, TAU_MS);
export const trembleAt = (m: Memory, at: number): number =>
  at - m.exact[LAST_AT]! <= FRESH_MS ? m.rough[TREMBLE]! : Number.NaN;
export const outOfRangeAt = (m: Memory, at: number): number => {
  if (Number.isNaN(m.exact[LAST_AT]!) && Number.isNaN(m.exact[OUT_AT]!)) return Number.NaN;
  return fadingCount(m.rough[OUT]!, at - m.exact[OUT_AT]!, TAU_MS);
};
/**
 * How long it has said nothing while other values came; 0 while that is nothing unusual for it; NaN when it never said
 * anything.
 */
export function missingMs(m: Memory, at: number): number {
  const newest = m.exact[NEWEST]!;
  if (Number.isNaN(m.exact[LAST_AT]!) || at - newest > FRESH_MS) return Number.NaN;
  const missing = leftOutMs(m, newest);
  return missing > LEFT_OUT_TIMES * (m.rough[LEFT_OUT]! || 0) ? missing : 0;
}
