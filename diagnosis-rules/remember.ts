// Takes one moment into what is remembered of an appliance.
import type { Moment } from '#contracts';
import { MINUTE } from '#runtime';
import { followDays, rewindDays, stretch } from './days.ts';
import { followDefrost } from './defrost.ts';
import { doorMovedWithin, followDoor, noteShut } from './door.ts';
import { followFood } from './food.ts';
import { followFreezerRise } from './freezer-rise.ts';
import type { Memory } from './memory.ts';
import { followGap, followReturn } from './power-cut.ts';
import { isShared, usualHigh } from './range.ts';
import { followRuns, followWarmRest, gapNow, powerNow, type RunSample } from './runs.ts';
import { followSettings } from './settings.ts';
import {
  AIR,
  DOOR_OPEN,
  FIRST,
  lastSaid,
  NEWEST,
  type NeutralCode,
  SET_POINT,
  stampOf,
  takeLateSignals,
  takeSignals,
} from './signals.ts';
import { glance, spanOf } from './span.ts';
import { followSteps } from './steps.ts';
import { followThermometer } from './thermometer.ts';
import { type Cohort, judgeDays, judgeQuarter, learnedOf, learnFrom } from './usual.ts';

export type Surroundings = {
  codeOf: (code: string) => ReturnType<NeutralCode>;
  /** What is usual for the model; null: not known. */
  cohort: Cohort | null;
  /** No finding speaks against learning from today. */
  well: boolean;
};

/** Above the set point by more than a healthy thermostat lets it come, overshoot and sensor included. */
const WARM_KELVIN = 2.8;
const WARMER_THAN_USUAL_KELVIN = 0.5;
/** Until it is known how far its thermostat lets it swing. */
const WARM_FOR_ANY_KELVIN = 4.5;

function isWarm(m: Memory): boolean {
  const air = lastSaid(m, AIR);
  const above = air - lastSaid(m, SET_POINT);
  const high = usualHigh(m, 'air');
  return Number.isNaN(high)
    ? above > WARM_FOR_ANY_KELVIN
    : above > WARM_KELVIN && air > high + WARMER_THAN_USUAL_KELVIN;
}

/** Less than this of the largest gap of its days: the compressor cooled the other compartment. */
const OTHER_COMPARTMENT_SHARE = 0.5;

function ofOwnEvaporator(m: Memory, run: RunSample): RunSample {
  const isOther = isShared(m) && run.gap < OTHER_COMPARTMENT_SHARE * usualHigh(m, 'gap');
  return isOther ? { ...run, gap: Number.NaN } : run;
}

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
  followFood(m, span);
  followDoor(m, span);
  // More about the same time: nothing has gone on since.
  if (at === newest) return;
  followSteps(m, span);
  const run = followRuns(m, span);
  followWarmRest(m, span, isWarm(m));
  followFreezerRise(m, span);
  followSettings(m, at);
  followDefrost(m, span);
  followThermometer(m, span);
  followReturn(m, at);
  if (run.power > 0) stretch(m, 'power', powerNow(m, at));
  if (!Number.isNaN(run.gap)) stretch(m, 'gap', gapNow(m, at));
  if (!doorMovedWithin(m, at, 15 * MINUTE)) stretch(m, 'air', span.now.air);
  const ended = followDays(m, span, ofOwnEvaporator(m, run), well, (line) => learnFrom(m, line));
  if (ended === 'day') judgeDays(m, cohort);
  if (ended !== null) judgeQuarter(m, cohort);
}

/** A moment older than the newest one taken: what it says of signals that nothing newer was said of. */
export function rememberLate(m: Memory, moment: Moment, codeOf: Surroundings['codeOf']): void {
  takeLateSignals(m, moment, codeOf);
  if (stampOf(m, DOOR_OPEN) === moment.at && lastSaid(m, DOOR_OPEN) === 0) noteShut(m, moment.at);
}

/** As it was before `at`, as far as that is remembered: what was learned, and the days before. */
export function rewound(m: Memory, at: number, cohort: Cohort | null): Memory {
  const before = learnedOf(m);
  rewindDays(before, at);
  judgeDays(before, cohort);
  return before;
}
