// How fast the freezer warms while nothing cools it: what leaks in shows here, also where its own thermostat makes up for it.
import { HOUR, MINUTE } from '#runtime';
import { stretch } from './days.ts';
import type { Memory } from './memory.ts';
import { exact, rough } from './places.ts';
import { minutesSinceDefrost } from './runs.ts';
import { forgetful, type Span } from './span.ts';

/** Its air and what lies in it come to rest. */
const SETTLED_MS = 5 * MINUTE;
/** So long a tenth of a degree is little of what is seen. */
const SEEN_MS = 15 * MINUTE;
const AFTER_DEFROST_MINUTES = 75;
/** Of rest, not of day. */
const TAU_MS = 40 * MINUTE;
const LATELY_MS = 6 * HOUR;

const SINCE = exact.take('freezer left alone since');
const FROM = rough.take('freezer when it was left alone');
const RISE = rough.take('rise of the freezer');
const RISE_AT = exact.take('rise of the freezer stamp');

export function followFreezerRise(m: Memory, { ms, before, now }: Span): void {
  const since = m.exact[SINCE]!;
  const alone = ms > 0 && before.cooling === 0 && now.cooling === 0 && !Number.isNaN(now.freezer);
  if (alone && !(minutesSinceDefrost(m, now.at) < AFTER_DEFROST_MINUTES)) {
    if (Number.isNaN(since) || now.at - since < SETTLED_MS) {
      if (Number.isNaN(since)) m.exact[SINCE] = now.at;
      m.rough[FROM] = now.freezer;
    }
    return;
  }
  m.exact[SINCE] = Number.NaN;
  const restedMs = before.at - since - SETTLED_MS;
  if (ms === 0 || Number.isNaN(since) || restedMs < SEEN_MS) return;
  const rise = (before.freezer - m.rough[FROM]!) / (restedMs / HOUR);
  m.rough[RISE] = forgetful(m.rough[RISE]!, rise, restedMs, TAU_MS);
  m.exact[RISE_AT] = now.at;
  if (m.rough[RISE]! > 0) stretch(m, 'rise', m.rough[RISE]!);
}

/** K/h at rest, of late; NaN: it did not rest for so long. */
export const freezerRise = (m: Memory, at: number): number =>
  at - m.exact[RISE_AT]! <= LATELY_MS ? m.rough[RISE]! : Number.NaN;
