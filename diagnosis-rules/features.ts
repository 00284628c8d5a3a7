// The table of features: numbers that an engineer would look at, computed from what is remembered. NaN is "not known";
// a feature of yes or no is 1 or 0.
import type { z } from 'zod';
import { FaultCode, type PhraseUnit } from '#contracts';
import { HOUR, MINUTE } from '#runtime';
import { clockWrongMinutes, lineEndedBy, REPORTS, reportedAt, restsAt } from './around.ts';
import type { Extreme } from './days.ts';
import { lastDefrostPeak } from './defrost.ts';
import { airAtOpening, doorOpenMs, doorSamples, doorShutAt, isDoorOpen, isDoorSure } from './door.ts';
import { foodAt, foodTrend, freezerLately, frozenFoodAt } from './food.ts';
import { freezerRise } from './freezer-rise.ts';
import type { Memory } from './memory.ts';
import { offHours } from './power-cut.ts';
import { beyondUsual, isShared, usualAir, usualLimit } from './range.ts';
import { fanStoodMs, gapNow, minutesSinceDefrost, peaksAt, powerNow, restSurplus, turnMs, warmRestMs } from './runs.ts';
import { hoursSinceSetPointChanged } from './settings.ts';
import {
  AIR,
  alarmAt,
  codeNumber,
  coolingAt,
  DEFROST_ON,
  DOOR_ALARM,
  DOOR_OPEN,
  EVAPORATOR,
  FAN_SPEED,
  FAULT_CODE,
  FIRST,
  FREEZER,
  FREEZER_ALARM,
  FREEZER_SET_POINT,
  lastSaid,
  MAINS_VOLTAGE,
  NEWEST,
  numberAt,
  POWER,
  SET_POINT,
  SIGNAL_STRENGTH,
  stateAt,
  TEMPERATURE_ALARM,
} from './signals.ts';
import { AIR_STEPS, COOLING_STEPS, DOOR_STEPS, shareOfHour } from './steps.ts';
import { frozenMs, jumpsAt, missingMs, outOfRangeAt, trembleAt } from './thermometer.ts';
import { certainDriftOf, driftOf, GAP, levelOf, REST, POWER as USUAL_POWER, WORK, workLately } from './usual.ts';

/** `at` is the moment of judgement in the appliance's time; `silentMs` is counted in the platform's time, while it was up. */
export type View = { m: Memory; at: number; silentMs: number };

export type Feature = {
  name: string;
  unit: z.infer<typeof PhraseUnit>;
  /** Signals behind it, for the chart. */
  signals: readonly string[];
  /** `moment`: looked at with every reading; `step`: every five minutes, which is soon enough for what changes slowly. */
  pace: 'moment' | 'step';
  read(view: View): number;
};

type Read = Feature['read'];
const at =
  (pace: Feature['pace']) =>
  (name: string, unit: Feature['unit'], signals: string, read: Read): Feature => ({
    name,
    unit,
    signals: signals === '' ? [] : signals.split(' '),
    pace,
    read,
  });
const quick = at('moment');
const slow = at('step');

/** A week: for what did not happen while anybody watched. */
const LONG_AGO_MINUTES = 7 * 24 * 60;
const percent = (share: number): number => share * 100;
/** How far it is beyond what its days usually go between, as a percentage; 0 within. */
const beyond = (m: Memory, what: Extreme, value: number): number =>
  percent(beyondUsual(m, what, value) / Math.abs(usualLimit(m, what, value)));

/** Enough to compare another fall with: of days, and of what is seen now. */
const GAP_FELL_PERCENT = { days: 5, now: 25 };

/** How much of its power went with each share of the gap that went; NaN while the gap has not fallen. */
function powerFallPerGapFall({ m, at }: View): number {
  if (percent(certainDriftOf(m, GAP)) < -GAP_FELL_PERCENT.days) return driftOf(m, USUAL_POWER) / driftOf(m, GAP);
  const gap = beyond(m, 'gap', gapNow(m, at));
  return gap < -GAP_FELL_PERCENT.now ? beyond(m, 'power', powerNow(m, at)) / gap : Number.NaN;
}

/** W: what is drawn while running shows once in hours only; before that it is not known. */
const isKnown = (value: number): boolean => !Number.isNaN(value);

const fridge: readonly Feature[] = [
  quick('cabinet_temperature', 'Cel', 'cabinet_temperature', ({ m, at }) => numberAt(m, AIR, at)),
  quick('food_temperature', 'Cel', 'cabinet_temperature', ({ m, at }) => foodAt(m, at)),
  quick('food_above_usual', 'K', 'cabinet_temperature', ({ m, at }) => foodAt(m, at) - usualAir(m)),
  slow('food_trend', 'K/h', 'cabinet_temperature', ({ m, at }) => foodTrend(m, at)),
  quick('freezer_temperature', 'Cel', 'freezer_temperature', ({ m, at }) => numberAt(m, FREEZER, at)),
  quick('frozen_food_temperature', 'Cel', 'freezer_temperature', ({ m, at }) => frozenFoodAt(m, at)),
  slow('freezer_beyond_usual', 'K', 'freezer_temperature', ({ m, at }) =>
    beyondUsual(m, 'freezer', freezerLately(m, at)),
  ),
  slow('freezer_rise', 'K/h', 'freezer_temperature compressor_on', ({ m, at }) => freezerRise(m, at)),
  slow('freezer_rise_beyond', '%', 'freezer_temperature compressor_on', ({ m, at }) =>
    beyond(m, 'rise', freezerRise(m, at)),
  ),
  // A set point stands until it is changed, so its age does not matter.
  slow('set_point', 'Cel', 'set_point', ({ m }) => lastSaid(m, SET_POINT)),
  slow('freezer_set_point', 'Cel', 'freezer_set_point', ({ m }) => lastSaid(m, FREEZER_SET_POINT)),
  slow(
    'air_above_set_point',
    'K',
    'cabinet_temperature set_point',
    ({ m, at }) => shareOfHour(m, AIR_STEPS, at) - lastSaid(m, SET_POINT),
  ),
  quick(
    'air_below_set_point',
    'K',
    'cabinet_temperature set_point',
    ({ m, at }) => lastSaid(m, SET_POINT) - numberAt(m, AIR, at),
  ),

  quick('air_beyond_usual', 'K', 'cabinet_temperature', ({ m, at }) => beyondUsual(m, 'air', numberAt(m, AIR, at))),
  // Food follows the air slowly: the difference is large only after the air has changed within minutes.
  quick('air_above_food', 'K', 'cabinet_temperature', ({ m, at }) => numberAt(m, AIR, at) - foodAt(m, at)),
  slow('hours_since_set_point_changed', 'duration', 'set_point', ({ m, at }) => hoursSinceSetPointChanged(m, at)),

  quick('door_open_minutes', 'duration', 'door_open cabinet_temperature', ({ m, at }) => {
    const open = stateAt(m, DOOR_OPEN, at);
    return isKnown(open) ? (open === 1 ? doorOpenMs(m) / MINUTE : 0) : open;
  }),
  quick('door_open_samples', '1', 'door_open', ({ m, at }) => {
    const open = stateAt(m, DOOR_OPEN, at);
    return isKnown(open) ? doorSamples(m) : open;
  }),
  quick('door_open_sure', '1', 'door_open', ({ m, at }) => {
    const open = stateAt(m, DOOR_OPEN, at);
    return isKnown(open) ? Number(!isDoorOpen(m) || isDoorSure(m)) : open;
  }),
  quick('air_rise_since_door_opened', 'K', 'door_open cabinet_temperature', ({ m, at }) => {
    const known = isKnown(stateAt(m, DOOR_OPEN, at));
    if (known && !isDoorOpen(m)) return 0;
    return known ? numberAt(m, AIR, at) - airAtOpening(m) : Number.NaN;
  }),
  quick('door_told', '1', 'door_open', ({ m, at }) => Number(isKnown(stateAt(m, DOOR_OPEN, at)))),
  slow('door_open_share_1h', '%', 'door_open', ({ m, at }) => percent(shareOfHour(m, DOOR_STEPS, at))),
  slow('door_open_share_3h', '%', 'door_open', ({ m, at }) => percent(shareOfHour(m, DOOR_STEPS, at, 3))),
  // Counts only after it had stood open for minutes, and only while it stays shut.
  slow('minutes_since_door_was_shut', 'duration', 'door_open cabinet_temperature', ({ m, at }) => {
    const open = stateAt(m, DOOR_OPEN, at);
    if (!isKnown(open)) return open;
    const shutAt = doorShutAt(m);
    return isKnown(shutAt) ? (at - shutAt) / MINUTE : LONG_AGO_MINUTES;
  }),

  slow('compressor_share_1h', '%', 'compressor_on power cabinet_temperature', ({ m, at }) =>
    percent(shareOfHour(m, COOLING_STEPS, at)),
  ),
  slow('compressor_share_3h', '%', 'compressor_on power cabinet_temperature', ({ m, at }) =>
    percent(shareOfHour(m, COOLING_STEPS, at, 3)),
  ),
  quick('running_minutes', 'duration', 'compressor_on power', ({ m, at }) => {
    const cooling = coolingAt(m, at);
    return cooling === 1 ? turnMs(m, at) / MINUTE : cooling;
  }),
  quick('resting_while_warm_minutes', 'duration', 'compressor_on cabinet_temperature set_point', ({ m, at }) => {
    const known = isKnown(coolingAt(m, at)) && isKnown(numberAt(m, AIR, at)) && isKnown(lastSaid(m, SET_POINT));
    return known ? warmRestMs(m, at) / MINUTE : Number.NaN;
  }),
  slow('start_peaks', '1', 'power compressor_on', ({ m, at }) =>
    isKnown(numberAt(m, POWER, at)) && isKnown(coolingAt(m, at)) ? peaksAt(m, at) : Number.NaN,
  ),
  // What the meter counted at rest beyond what is drawn at rest: starts that fail show here, however rarely power is read.
  // Where nothing is counted, power alone has to show them.
  slow('rest_surplus', 'W', 'energy power compressor_on', ({ m, at }) => restSurplus(m, at) || 0),
  // At rest the evaporator warms to the air by itself: only what it comes to in a run counts.
  slow('evaporator_gap', 'K', 'evaporator_temperature cabinet_temperature', ({ m, at }) => gapNow(m, at)),
  // One compressor for two compartments: how little the gap opens says which of them it cools.
  slow('evaporator_gap_beyond', '%', 'evaporator_temperature cabinet_temperature', ({ m, at }) => {
    const past = beyond(m, 'gap', gapNow(m, at));
    return past < 0 && isShared(m) ? 0 : past;
  }),
  slow('evaporator_gap_above_usual', '%', 'evaporator_temperature cabinet_temperature', ({ m, at }) =>
    percent(gapNow(m, at) / levelOf(m, GAP) - 1),
  ),
  slow('power_while_running', 'W', 'power', ({ m, at }) => powerNow(m, at)),
  slow('power_while_running_beyond', '%', 'power', ({ m, at }) => beyond(m, 'power', powerNow(m, at))),
  quick('fan_stood_minutes', 'duration', 'fan_speed compressor_on', ({ m, at }) =>
    isKnown(numberAt(m, FAN_SPEED, at)) && isKnown(coolingAt(m, at)) ? fanStoodMs(m) / MINUTE : Number.NaN,
  ),

  slow('defrost_peak', 'Cel', 'evaporator_temperature defrost_on', ({ m, at }) => lastDefrostPeak(m, at)),
  slow('hours_since_defrost', 'duration', 'defrost_on', ({ m, at }) => minutesSinceDefrost(m, at) / 60),
  // Where no defrost was ever told of, ice has to be told by other signs.
  slow('iced_hours', 'duration', 'defrost_on', ({ m, at }) => minutesSinceDefrost(m, at) / 60 || 0),
  quick('defrosting', '1', 'defrost_on', ({ m, at }) => stateAt(m, DEFROST_ON, at)),

  slow('thermometer_frozen_minutes', 'duration', 'cabinet_temperature evaporator_temperature', ({ m, at }) =>
    isKnown(numberAt(m, EVAPORATOR, at)) ? frozenMs(m, at) / MINUTE : Number.NaN,
  ),
  quick('thermometer_jumps', '1', 'cabinet_temperature', ({ m, at }) => jumpsAt(m, at)),
  slow('thermometer_tremble', 'K', 'cabinet_temperature', ({ m, at }) => trembleAt(m, at)),
  slow('thermometer_out_of_range', '1', 'cabinet_temperature', ({ m, at }) => outOfRangeAt(m, at)),
  slow('thermometer_missing_minutes', 'duration', 'cabinet_temperature', ({ m, at }) => missingMs(m, at) / MINUTE),

  slow('work_change', '%', 'compressor_on ambient_temperature', ({ m }) => percent(driftOf(m, WORK))),
  slow('work_drift', '%', 'compressor_on ambient_temperature', ({ m }) => percent(certainDriftOf(m, WORK))),
  slow('work_lately', '%', 'compressor_on ambient_temperature', ({ m }) => percent(workLately(m))),
  slow('power_change', '%', 'power', ({ m }) => percent(driftOf(m, USUAL_POWER))),
  slow('power_drift', '%', 'power', ({ m }) => percent(certainDriftOf(m, USUAL_POWER))),
  slow('gap_change', '%', 'evaporator_temperature cabinet_temperature', ({ m }) => percent(driftOf(m, GAP))),
  slow('gap_drift', '%', 'evaporator_temperature cabinet_temperature', ({ m }) => percent(certainDriftOf(m, GAP))),
  // Less refrigerant is less to pump; a compressor that leaks inside turns as hard as ever.
  slow('power_fall_per_gap_fall', '1', 'power evaporator_temperature cabinet_temperature', powerFallPerGapFall),
  slow('rest_gap_change', 'K', 'evaporator_temperature cabinet_temperature', ({ m }) => driftOf(m, REST)),
  slow('rest_gap_drift', 'K', 'evaporator_temperature cabinet_temperature', ({ m }) => certainDriftOf(m, REST)),
  // A thermometer that is off shifts the gap by as many kelvins in a run as at rest.
  slow(
    'gap_shift_per_rest_shift',
    '1',
    'evaporator_temperature cabinet_temperature',
    ({ m }) => (driftOf(m, GAP) * levelOf(m, GAP)) / driftOf(m, REST),
  ),

  // A buffered router outage leaves no gap; one after which it went on counting, no warmer, was not a power cut.
  slow('off_hours', 'duration', 'cabinet_temperature', ({ m, at }) => offHours(m, at)),
  slow('mains_voltage', 'V', 'mains_voltage', ({ m, at }) => numberAt(m, MAINS_VOLTAGE, at)),
  quick('door_alarm', '1', 'door_alarm', ({ m, at }) => alarmAt(m, DOOR_ALARM, at)),
  quick('temperature_alarm', '1', 'temperature_alarm', ({ m, at }) => alarmAt(m, TEMPERATURE_ALARM, at)),
  quick('freezer_alarm', '1', 'freezer_alarm', ({ m, at }) => alarmAt(m, FREEZER_ALARM, at)),
];

const codes: readonly Feature[] = FaultCode.options.map((code) =>
  quick(`code_${code.replaceAll('-', '_')}`, '1', 'fault_code', ({ m, at }) => {
    const said = alarmAt(m, FAULT_CODE, at);
    return isKnown(said) ? Number(said === codeNumber(code)) : said;
  }),
);

const reports: readonly Feature[] = REPORTS.map((code) =>
  slow(`reported_${code.replaceAll('-', '_')}`, '1', '', ({ m, at }) => reportedAt(m, code, at)),
);

const line: readonly Feature[] = [
  slow('known_hours', 'duration', '', ({ m, at }) => (at - m.exact[FIRST]!) / HOUR),
  slow('silent_hours', 'duration', '', ({ m, at, silentMs }) => (restsAt(m, at) ? 0 : silentMs / HOUR)),
  slow('said_goodbye', '1', '', ({ m }) => lineEndedBy(m, 'goodbye')),
  slow('connection_lost', '1', '', ({ m }) => lineEndedBy(m, 'lost')),
  slow('line_ended_by_us', '1', '', ({ m }) =>
    Math.max(lineEndedBy(m, 'our-side'), lineEndedBy(m, 'shutdown'), lineEndedBy(m, 'refused')),
  ),
  slow('last_signal_strength', '1', 'signal_strength', ({ m }) => lastSaid(m, SIGNAL_STRENGTH)),
  slow('clock_wrong_minutes', 'duration', '', ({ m, at, silentMs }) => clockWrongMinutes(m, at, at - silentMs)),
  slow('minutes_since_reading', 'duration', '', ({ m, at }) => (at - m.exact[NEWEST]!) / MINUTE),
];

export const FEATURES: ReadonlyMap<string, Feature> = new Map(
  [...fridge, ...codes, ...reports, ...line].map((feature) => [feature.name, feature]),
);

const MS_OF: readonly (readonly [pattern: RegExp, ms: number])[] = [
  [/(^|_)minutes(_|$)/, MINUTE],
  [/(^|_)hours(_|$)/, HOUR],
];

/** The feature's value as a quantity for people: times are counted in the unit of the feature's name, and shown as a duration. */
export const quantityOf = ({ name, unit }: Feature, value: number): { value: number; unit: Feature['unit'] } => {
  const ms = unit === 'duration' ? (MS_OF.find(([pattern]) => pattern.test(name))?.[1] ?? 1) : 1;
  return { value: value * ms, unit };
};
