// How fast the freezer warms while nothing cools it: what leaks in shows here, also where its own thermostat makes up for it.
import { HOUR, MINUTE } from '#runtime';
import { stretch } from './days.ts';
import { lostAt } from './losses.ts';
import type { Memory } from './memory.ts';
import { exact, rough } from './places.ts';
import { minutesSinceDefrost } from './runs.ts';
import { FREEZER, POWER, stampOf, wantedSaidAt } from './signals.ts';
import { forgetful, type Glance, type Span } from './span.ts';

/** Its air and what lies in it come to rest. */
const SETTLED_MS = 5 * MINUTE;
/** So long a tenth of a degree is little of what is seen. */
const SEEN_MS = 15 * MINUTE;
const AFTER_DEFROST_MINUTES = 120;
/** Of rest, not of day. */
const TAU_MS = 40 * MINUTE;
const LATELY_MS = 6 * HOUR;
/** A tenth of a degree, or the door in between, makes one short rest look like a leak. */
const FEWEST_RESTS = 2;

const SINCE = exact.take('freezer left alone since');
const FROM_AT = exact.take('freezer left alone stamp');
const FROM = rough.take('freezer when it was left alone');
const RISE = rough.take('rise of the freezer');
const RISE_AT = exact.take('rise of the freezer stamp');
const RESTS_SEEN = rough.take('rests of the freezer seen');

/** What leaks in is in proportion to how much warmer the room is. */
const USUAL_ROOM_ABOVE_FREEZER_KELVIN = 41;
const LEAST_KELVIN = 20;

function shareOfUsualLoad({ ambient, freezer }: Glance): number {
  const above = ambient - freezer;
  return Number.isNaN(above) ? 1 : USUAL_ROOM_ABOVE_FREEZER_KELVIN / Math.max(LEAST_KELVIN, above);
}

/** A start, or how warm it got, may be among what was lost. */
const isSaid = (m: Memory): boolean =>
  !(lostAt(m) > Math.min(wantedSaidAt(m) || stampOf(m, POWER), stampOf(m, FREEZER)));

export function followFreezerRise(m: Memory, { ms, before, now }: Span): void {
  const since = m.exact[SINCE]!;
  const alone = ms > 0 && before.cooling === 0 && now.cooling === 0 && !Number.isNaN(now.freezer) && isSaid(m);
  if (alone && !(minutesSinceDefrost(m, now.at) < AFTER_DEFROST_MINUTES)) {
    if (Number.isNaN(since)) m.exact[SINCE] = now.at;
    else if (Number.isNaN(m.exact[FROM_AT]!) && now.at - since >= SETTLED_MS) {
      m.exact[FROM_AT] = now.at;
      m.rough[FROM] = now.freezer;
    }
    return;
  }
  const seenMs = before.at - m.exact[FROM_AT]!;
  m.exact[SINCE] = Number.NaN;
  m.exact[FROM_AT] = Number.NaN;
  if (ms === 0 || !(seenMs >= SEEN_MS)) return;
  const rise = ((before.freezer - m.rough[FROM]!) / (seenMs / HOUR)) * shareOfUsualLoad(before);
  m.rough[RISE] = forgetful(m.rough[RISE]!, rise, seenMs, TAU_MS);
  m.rough[RESTS_SEEN] = now.at - m.exact[RISE_AT]! <= LATELY_MS ? m.rough[RESTS_SEEN]! + 1 : 1;
  m.exact[RISE_AT] = now.at;
  if (m.rough[RISE]! > 0) stretch(m, 'rise', m.rough[RISE]!);
}

/** K/h at rest, of late, as in a room of 23 °C; NaN: it did not rest for so long, or once only. */
export const freezerRise = (m: Memory, at: number): number =>
  at - m.exact[RISE_AT]! <= LATELY_MS && m.rough[RESTS_SEEN]! >= FEWEST_RESTS ? m.rough[RISE]! : Number.NaN;
