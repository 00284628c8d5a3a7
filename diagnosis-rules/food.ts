// What the food feels: air through a first-order filter, as a small pack of perishable food follows it.
import { HOUR, MINUTE } from '#runtime';
import { stretch } from './days.ts';
import type { Memory } from './memory.ts';
import { brief, exact, rough } from './places.ts';
import { AIR, FREEZER, FRESH_MS, numberAt, stampOf } from './signals.ts';
import type { Span } from './span.ts';
import { forgetful } from './span.ts';
import { STEP_MS, stepOf } from './steps.ts';

const FOOD_TAU_MS = 90 * MINUTE;
const FROZEN_TAU_MS = 60 * MINUTE;
/** The freezer's air is warm in a defrost and for a while after it; what lies in it is not. */
const AFTER_DEFROST_MS = 75 * MINUTE;
const LONGEST_DEFROST_MS = 45 * MINUTE;
/** What lies in the freezer is known across a defrost. */
const FROZEN_HELD_MS = FRESH_MS + LONGEST_DEFROST_MS + AFTER_DEFROST_MS;
/** A little more than the hour that the trend looks back. */
const STEPS = 16;

const FOOD = exact.take('food');
const FOOD_AT = exact.take('food stamp');
const FROZEN = exact.take('frozen food');
const FREEZER_LATELY = rough.take('freezer lately');
const FROZEN_AT = exact.take('frozen food stamp');
/** Food at the beginning of each step, and the newest step that is written. */
const HISTORY = brief.take('food steps', STEPS);
const HISTORY_STEP = exact.take('food step');
const DEFROSTED_AT = exact.take('freezer defrosted');

function note(m: Memory, step: number, value: number): void {
  const before = m.exact[HISTORY_STEP]!;
  const from = Number.isNaN(before) ? step - STEPS + 1 : Math.max(before + 1, step - STEPS + 1);
  for (let each = from; each < step; each++) m.brief[HISTORY + (each % STEPS)] = Number.NaN;
  m.brief[HISTORY + (step % STEPS)] = value;
  m.exact[HISTORY_STEP] = step;
}

export function followFood(m: Memory, { now }: Span): void {
  const { at } = now;
  if (stampOf(m, AIR) === at) {
    m.exact[FOOD] = forgetful(m.exact[FOOD]!, now.air, at - m.exact[FOOD_AT]!, FOOD_TAU_MS);
    m.exact[FOOD_AT] = at;
    if (stepOf(at) !== m.exact[HISTORY_STEP]) note(m, stepOf(at), m.exact[FOOD]!);
  }
  if (now.defrost === 1) m.exact[DEFROSTED_AT] = at;
  if (stampOf(m, FREEZER) === at && !(at - m.exact[DEFROSTED_AT]! < AFTER_DEFROST_MS)) {
    const since = at - m.exact[FROZEN_AT]!;
    m.exact[FROZEN] = forgetful(m.exact[FROZEN]!, now.freezer, since, FROZEN_TAU_MS);
    m.rough[FREEZER_LATELY] = forgetful(m.rough[FREEZER_LATELY]!, now.freezer, since, LATELY_TAU_MS);
    stretch(m, 'freezer', m.rough[FREEZER_LATELY]!);
    m.exact[FROZEN_AT] = at;
  }
}

const LATELY_TAU_MS = 12 * MINUTE;

/** The freezer's air of the last minutes, without its defrosts. */
export const freezerLately = (m: Memory, at: number): number =>
  at - m.exact[FROZEN_AT]! <= FROZEN_HELD_MS ? m.rough[FREEZER_LATELY]! : Number.NaN;

export const foodAt = (m: Memory, at: number): number =>
  Number.isNaN(numberAt(m, AIR, at)) ? Number.NaN : m.exact[FOOD]!;

export const frozenFoodAt = (m: Memory, at: number): number =>
  at - m.exact[FROZEN_AT]! <= FROZEN_HELD_MS ? m.exact[FROZEN]! : Number.NaN;

/** Change of the food over the last hour, K/h; NaN when it is not known for that long. */
export function foodTrend(m: Memory, at: number): number {
  const food = foodAt(m, at);
  if (Number.isNaN(food)) return Number.NaN;
  const last = m.exact[HISTORY_STEP]!;
  const anHourAgo = stepOf(at - HOUR);
  for (let step = anHourAgo; step > anHourAgo - 4 && step > last - STEPS; step--) {
    const then = m.brief[HISTORY + (step % STEPS)]!;
    if (!Number.isNaN(then)) return (food - then) / ((m.exact[FOOD_AT]! - step * STEP_MS) / HOUR);
  }
  return Number.NaN;
}
