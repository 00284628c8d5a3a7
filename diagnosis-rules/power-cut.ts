// Times without any reading, and whether the appliance was without power in them: it started anew, or came back warm.
import { HOUR, MINUTE } from '#runtime';
import { doorMovedWithin } from './door.ts';
import type { Memory } from './memory.ts';
import { exact, rough } from './places.ts';
import { beyondUsual } from './range.ts';
import { AIR, FREEZER, lastSaid, NEWEST } from './signals.ts';

const GAP_MS = 20 * MINUTE;
/** More than a healthy thermostat lets the air swing. */
const RISE_KELVIN = 4;
const BEYOND_KELVIN = 0.5;
const FREEZER_RISE_KELVIN = 3;
/** Whatever was off for longer has warmed: one as cold as it was had its electronics restarted, and cooled all the time. */
const STAYS_COLD_MS = 6 * HOUR;

const ENDED_AT = exact.take('gap ended');
const LASTED = exact.take('gap lasted');
const AIR_BEFORE = rough.take('air before the gap');
const FREEZER_BEFORE = rough.take('freezer before the gap');
const RESTARTED_AT = exact.take('restarted');
const WAS_OFF = rough.take('was off');
const RETURN_MS = 30 * MINUTE;

/** The appliance counts its messages from the beginning again: it had lost its power, or was restarted. */
export const noteRestart = (m: Memory, at: number): void => {
  m.exact[RESTARTED_AT] = at;
};

/** Before the moment's own values are taken. */
export function followGap(m: Memory, at: number): void {
  const ms = at - m.exact[NEWEST]!;
  if (!(ms >= GAP_MS)) return;
  m.exact[ENDED_AT] = at;
  m.exact[LASTED] = ms;
  m.rough[WAS_OFF] = Number.NaN;
  m.rough[AIR_BEFORE] = lastSaid(m, AIR);
  m.rough[FREEZER_BEFORE] = lastSaid(m, FREEZER);
}

/** Warmer than its days go; where that is not known yet, the rise alone has to tell. */
const isBeyondUsual = (m: Memory, what: 'air' | 'freezer', value: number): boolean =>
  !(beyondUsual(m, what, value) < BEYOND_KELVIN);

/** After the moment's values are taken: soon after its return the appliance shows whether it had warmed. */
export function followReturn(m: Memory, at: number): void {
  if (!(at - m.exact[ENDED_AT]! < RETURN_MS)) return;
  const air = lastSaid(m, AIR) - m.rough[AIR_BEFORE]!;
  const freezer = lastSaid(m, FREEZER) - m.rough[FREEZER_BEFORE]!;
  const rose =
    (air > RISE_KELVIN && isBeyondUsual(m, 'air', lastSaid(m, AIR))) ||
    (freezer > FREEZER_RISE_KELVIN && isBeyondUsual(m, 'freezer', lastSaid(m, FREEZER)));
  // Somebody opened it after its return: what warmth that lets in was not there.
  const warmer = rose && !doorMovedWithin(m, at, at - m.exact[ENDED_AT]!);
  const stayedCold = m.exact[LASTED]! > STAYS_COLD_MS && (air <= RISE_KELVIN || freezer <= FREEZER_RISE_KELVIN);
  const restarted = Math.abs(m.exact[RESTARTED_AT]! - m.exact[ENDED_AT]!) < RETURN_MS;
  if (warmer || (restarted && !stayedCold)) m.rough[WAS_OFF] = 1;
  else if (m.rough[WAS_OFF] !== 1 && !(Number.isNaN(air) && Number.isNaN(freezer))) m.rough[WAS_OFF] = 0;
}

/** How long nothing at all was heard after `at`, ms; of the last time only. */
export const silentAfter = (m: Memory, at: number): number => (m.exact[ENDED_AT]! > at ? m.exact[LASTED]! : 0);

/**
 * Hours without power that ended of late; 0: none, or what was silent had not warmed and went on counting. NaN where it
 * has no thermometer to tell.
 */
export function offHours(m: Memory, at: number): number {
  if (!(at - m.exact[ENDED_AT]! < 12 * HOUR)) return 0;
  const wasOff = m.rough[WAS_OFF]!;
  return wasOff === 1 ? m.exact[LASTED]! / HOUR : wasOff;
}
