// What is remembered of one appliance's signals, in event time: newest values, the food filter, and shares of time in 5-minute steps.
import type { Moment, SignalValue } from '#contracts';
import { HOUR, MINUTE } from '#runtime';

/** A value is good for this long; after that the signal is unknown. A state holds while the appliance speaks at all. */
export const FRESH_MS = 15 * MINUTE;
/** First-order filter from cabinet air to food-equivalent temperature (a small pack of perishable food). */
const FOOD_TAU_MS = 90 * MINUTE;
const STEP_MS = 5 * MINUTE;
/** Without readings for this long the appliance may have been without power. */
const LONG_GAP_MS = 30 * MINUTE;
const REMEMBERED_STEPS = 36;
/** Above this an appliance without a compressor signal is taken to be cooling. */
const COOLING_WATTS = 30;

/** Flat, since there are many: the step, ms on and ms known of one step after the other, oldest first. */
type Shares = number[];
const SHARE_FIELDS = 3;
/** Flat as well: the step and the value. */
const FOOD_FIELDS = 2;

export type Memory = {
  firstAt: number;
  /** Stamp of the newest moment taken. */
  at: number;
  values: Record<string, { at: number; value: SignalValue }>;
  food: { at: number; value: number } | null;
  /** Food-equivalent temperature at the start of each step, newest last: pairs of step and value. */
  foodHistory: number[];
  door: { openedAt: number; samples: number; airAtOpening: number | null } | null;
  /** When a door that had stood open was closed. */
  doorShutAt: number | null;
  doorShares: Shares;
  compressorShares: Shares;
  /** The last long time without readings, and how much warmer the air was after it. */
  gap: { endedAt: number; ms: number; rise: number } | null;
};

export const emptyMemory = (at: number): Memory => ({
  firstAt: at,
  at,
  values: {},
  food: null,
  foodHistory: [],
  door: null,
  doorShutAt: null,
  doorShares: [],
  compressorShares: [],
  gap: null,
});

export function numberAt(memory: Memory, signal: string, at: number): number | null {
  const known = memory.values[signal];
  return known && typeof known.value === 'number' && at - known.at <= FRESH_MS ? known.value : null;
}

/** States are often sent on change only: they hold while anything at all is heard. */
export function stateAt(memory: Memory, signal: string, at: number): boolean | null {
  const known = memory.values[signal];
  return known && typeof known.value === 'boolean' && at - memory.at <= FRESH_MS ? known.value : null;
}

export function coolingAt(memory: Memory, at: number): boolean | null {
  const state = stateAt(memory, 'compressor_on', at);
  if (state !== null) return state;
  const speed = numberAt(memory, 'compressor_speed', at);
  if (speed !== null) return speed > 0;
  const power = numberAt(memory, 'power', at);
  return power === null ? null : power > COOLING_WATTS && stateAt(memory, 'defrost_on', at) !== true;
}

function addShare(shares: Shares, from: number, to: number, on: boolean): void {
  for (let start = from; start < to; ) {
    const step = Math.floor(start / STEP_MS);
    const end = Math.min(to, (step + 1) * STEP_MS);
    // A small integer takes half of the room in a snapshot.
    const ms = (end - start) | 0;
    if (shares[shares.length - SHARE_FIELDS] !== step) {
      shares.push(step | 0, 0, 0);
      if (shares.length > REMEMBERED_STEPS * SHARE_FIELDS) shares.splice(0, SHARE_FIELDS);
    }
    shares[shares.length - 1]! += ms;
    if (on) shares[shares.length - 2]! += ms;
    start = end;
  }
}

/** The share of the last `windowMs` that was on; null unless at least half of the window is known. */
export function shareOf(shares: Readonly<Shares>, at: number, windowMs: number): number | null {
  const from = Math.floor((at - windowMs) / STEP_MS);
  let onMs = 0;
  let knownMs = 0;
  for (let last = shares.length - 1; last >= 0 && shares[last - 2]! > from; last -= SHARE_FIELDS) {
    onMs += shares[last - 1]!;
    knownMs += shares[last]!;
  }
  return knownMs * 2 >= windowMs ? onMs / knownMs : null;
}

function rememberTime(memory: Memory, at: number): void {
  if (at <= memory.at || at - memory.at > FRESH_MS) return;
  const door = stateAt(memory, 'door_open', memory.at);
  if (door !== null) addShare(memory.doorShares, memory.at, at, door);
  const cooling = coolingAt(memory, memory.at);
  if (cooling !== null) addShare(memory.compressorShares, memory.at, at, cooling);
}

function rememberGap(memory: Memory, moment: Moment): void {
  const ms = moment.at - memory.at;
  if (ms < LONG_GAP_MS) return;
  const before = memory.values.cabinet_temperature?.value;
  const after = moment.readings.find((reading) => reading.signal === 'cabinet_temperature')?.value;
  const rise = typeof before === 'number' && typeof after === 'number' ? after - before : 0;
  memory.gap = { endedAt: moment.at, ms, rise };
}

function filterFood(memory: Memory, at: number, air: number): void {
  const before = memory.food;
  const weight = before ? 1 - Math.exp(-(at - before.at) / FOOD_TAU_MS) : 1;
  const value = before ? before.value + weight * (air - before.value) : air;
  memory.food = { at, value };
  const step = Math.floor(at / STEP_MS);
  const { foodHistory } = memory;
  if (foodHistory[foodHistory.length - FOOD_FIELDS] === step) return;
  foodHistory.push(step, value);
  if (foodHistory.length > REMEMBERED_STEPS * FOOD_FIELDS) foodHistory.splice(0, FOOD_FIELDS);
}

function followDoor(memory: Memory, at: number, open: boolean): void {
  if (!open) {
    if (memory.door && at - memory.door.openedAt >= STEP_MS) memory.doorShutAt = at;
    memory.door = null;
  } else if (memory.door) memory.door.samples++;
  else memory.door = { openedAt: at, samples: 1, airAtOpening: numberAt(memory, 'cabinet_temperature', at) };
}

/** Takes one moment, not older than the newest one taken. */
export function remember(memory: Memory, moment: Moment): void {
  rememberTime(memory, moment.at);
  rememberGap(memory, moment);
  memory.at = moment.at;
  const door = moment.readings.find((reading) => reading.signal === 'door_open');
  // Before the new air value: the rise is counted from the last value with a closed door.
  if (door) followDoor(memory, moment.at, door.value === true);
  for (const { signal, value, mapped } of moment.readings) {
    if (!mapped) continue;
    const known = memory.values[signal];
    if (known) {
      known.at = moment.at;
      known.value = value;
    } else memory.values[signal] = { at: moment.at, value };
    if (signal === 'cabinet_temperature') filterFood(memory, moment.at, value as number);
  }
}

/** Change of the food-equivalent temperature over the last hour, K/h; null when it is not known for that long. */
export function foodTrend(memory: Memory, at: number): number | null {
  if (!memory.food || at - memory.food.at > FRESH_MS) return null;
  const step = Math.floor((at - HOUR) / STEP_MS);
  const { foodHistory } = memory;
  let last = foodHistory.length - 1;
  while (last > 0 && foodHistory[last - 1]! > step) last -= FOOD_FIELDS;
  const [then, before] = [foodHistory[last - 1], foodHistory[last]];
  if (then === undefined || before === undefined || then <= step - 4) return null;
  return (memory.food.value - before) / ((memory.food.at - then * STEP_MS) / HOUR);
}

type Steps = { step: number }[];
const isFlat = (list: readonly unknown[]): boolean => typeof list[0] !== 'object';

/** Of a snapshot that may be from before steps were kept flat. */
export function flattened(memory: Memory): Memory {
  const { doorShares, compressorShares, foodHistory } = memory;
  if ([doorShares, compressorShares, foodHistory].every(isFlat)) return memory;
  const flat = (list: number[]): number[] =>
    isFlat(list) ? list : (list as unknown as Steps).flatMap((step) => Object.values(step));
  return {
    ...memory,
    doorShares: flat(doorShares),
    compressorShares: flat(compressorShares),
    foodHistory: flat(foodHistory),
  };
}
