// What people set, and when they changed it.
import { HOUR } from '#runtime';
import type { Memory } from './memory.ts';
import { exact, rough } from './places.ts';
import { FIRST, lastSaid, SET_POINT } from './signals.ts';

const LAST = rough.take('set point last');
const CHANGED_AT = exact.take('set point changed');
/** Less is a display that rounds. */
const CHANGE_KELVIN = 0.4;

export function followSettings(m: Memory, at: number): void {
  const now = lastSaid(m, SET_POINT);
  if (Math.abs(now - m.rough[LAST]!) > CHANGE_KELVIN) m.exact[CHANGED_AT] = at;
  m.rough[LAST] = now;
}

/** Since it is known, when it was never changed. */
export const hoursSinceSetPointChanged = (m: Memory, at: number): number => {
  const changedAt = m.exact[CHANGED_AT]!;
  return (at - (Number.isNaN(changedAt) ? m.exact[FIRST]! : changedAt)) / HOUR;
};
