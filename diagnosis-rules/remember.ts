// Takes one moment into what is remembered of an appliance.
import type { Moment } from '#contracts';
import { followDays, rewindDays } from './days.ts';
import { followDefrost } from './defrost.ts';
import { followDoor } from './door.ts';
import { followFood } from './food.ts';
import type { Memory } from './memory.ts';
import { followGap, followReturn } from './power-cut.ts';
import { followRuns, followWarmRest } from './runs.ts';
import { AIR, FIRST, lastSaid, NEWEST, type NeutralCode, SET_POINT, takeSignals } from './signals.ts';
import { glance, spanOf } from './span.ts';
import { followSteps } from './steps.ts';
import { followThermometer } from './thermometer.ts';
import { type Cohort, judgeDays, learnedOf, learnFrom } from './usual.ts';

export type Surroundings = {
  codeOf: (code: string) => ReturnType<NeutralCode>;
  /** What is usual for the model; null: not known. */
  cohort: Cohort | null;
  /** No finding speaks against learning from today. */
  well: boolean;
};

/** Above the set point by more than a healthy thermostat lets it come, overshoot and sensor included. */
const WARM_KELVIN = 3.2;

/** `moment`: not older than the newest one taken. */
export function remember(m: Memory, moment: Moment, { codeOf, cohort, well }: Surroundings): void {
  const { at } = moment;
  const newest = m.exact[NEWEST]!;
  if (Number.isNaN(newest)) m.exact[FIRST] = at;
  followGap(m, at);
  const before = glance(m, Number.isNaN(newest) ? at : newest);
  m.exact[NEWEST] = at;
  takeSignals(m, moment, codeOf);
  const span = spanOf(before, glance(m, at));
  followSteps(m, span);
  followFood(m, span);
  followDoor(m, span);
  const run = followRuns(m, span);
  followWarmRest(m, span, lastSaid(m, AIR) - lastSaid(m, SET_POINT) > WARM_KELVIN);
  followDefrost(m, span);
  followThermometer(m, span);
  followReturn(m, at);
  if (followDays(m, span, run, well, (line) => learnFrom(m, line))) judgeDays(m, cohort);
}

/** As it was before `at`, as far as that is remembered: what was learned, and the days before. */
export function rewound(m: Memory, at: number, cohort: Cohort | null): Memory {
  const before = learnedOf(m);
  rewindDays(before, at);
  judgeDays(before, cohort);
  return before;
}
