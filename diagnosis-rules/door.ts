// The door: how long it stands open, and how the air answers.
import { MINUTE } from '#runtime';
import { lostAt } from './losses.ts';
import type { Memory } from './memory.ts';
import { exact, rough } from './places.ts';
import { AIR, DOOR_OPEN, NEWEST, stampOf } from './signals.ts';
import type { Span } from './span.ts';

/** Shut after less than this it was an opening as any other. */
const STOOD_OPEN_MS = 5 * MINUTE;

const SAID_SOON_MS = 3 * MINUTE;

const SAID_AT = exact.take('door said');
const OPENED_AT = exact.take('door opened');
const SHUT_AT = exact.take('door shut after standing open');
const LAST_OPEN_AT = exact.take('door last open');
const SAMPLES = rough.take('door samples');
const AIR_AT_OPENING = rough.take('air when the door opened');

export function followDoor(m: Memory, { before, now }: Span): void {
  if (stampOf(m, DOOR_OPEN) !== now.at) {
    if (now.door === 1) m.exact[LAST_OPEN_AT] = now.at;
    return;
  }
  const openedAt = m.exact[OPENED_AT]!;
  const saidAt = m.exact[SAID_AT]!;
  m.exact[SAID_AT] = now.at;
  if (now.door === 0) {
    if (now.at - openedAt >= STOOD_OPEN_MS) m.exact[SHUT_AT] = now.at;
    m.exact[OPENED_AT] = Number.NaN;
    return;
  }
  m.exact[LAST_OPEN_AT] = now.at;
  // Open again after messages were lost: that it was shut between may have been among them. What is said of the door alone
  // is that it moved.
  const isAlone = stampOf(m, AIR) !== now.at;
  const isAnother = lostAt(m) >= openedAt && (isAlone || now.at - saidAt > SAID_SOON_MS);
  if (!Number.isNaN(openedAt) && !isAnother) {
    if (lostAt(m) > saidAt) m.rough[SAMPLES] = 1;
    else if (now.at > before.at) m.rough[SAMPLES]!++;
    return;
  }
  m.exact[OPENED_AT] = now.at;
  m.rough[SAMPLES] = 1;
  m.rough[AIR_AT_OPENING] = before.air;
}

/** It was said to be shut later than it was said to be open, though that was heard first. */
export function noteShut(m: Memory, at: number): void {
  if (!(at >= m.exact[SAID_AT]!)) return;
  m.exact[SAID_AT] = at;
  if (at - m.exact[OPENED_AT]! >= STOOD_OPEN_MS) m.exact[SHUT_AT] = at;
  m.exact[OPENED_AT] = Number.NaN;
}

/** Whether it is sure that it stands open: something came after it opened, and nothing was lost since then, or since it was said twice. */
export function isDoorSure(m: Memory): boolean {
  const openedAt = m.exact[OPENED_AT]!;
  if (!(m.exact[NEWEST]! > openedAt) || lostAt(m) > m.exact[SAID_AT]!) return false;
  return !(lostAt(m) > openedAt) || m.rough[SAMPLES]! > 1;
}

export const isDoorOpen = (m: Memory): boolean => !Number.isNaN(m.exact[OPENED_AT]!);
/** Up to the newest reading: what came after it may be on its way. */
export const doorOpenMs = (m: Memory): number => (isDoorOpen(m) ? m.exact[NEWEST]! - m.exact[OPENED_AT]! : 0);
/** How often it was said to be open with nothing lost between. */
export const doorSamples = (m: Memory): number => (isDoorOpen(m) ? m.rough[SAMPLES]! : 0);
export const airAtOpening = (m: Memory): number => m.rough[AIR_AT_OPENING]!;
/** When a door that had stood open was shut; NaN: it was not. */
export const doorShutAt = (m: Memory): number => (isDoorOpen(m) ? Number.NaN : m.exact[SHUT_AT]!);
/** Whether it was open within the last `ms`. */
export const doorMovedWithin = (m: Memory, at: number, ms: number): boolean => at - m.exact[LAST_OPEN_AT]! < ms;
