// The newest value of each signal. Numbers only: a state is 0 or 1, a fault code its place in the list of plain terms.
import { FaultCode, type Moment, SIGNALS } from '#contracts';
import { DAY, HOUR, MINUTE } from '#runtime';
import type { Memory } from './memory.ts';
import { exact, rough } from './places.ts';

/** A value is good for this long. */
export const FRESH_MS = 15 * MINUTE;
/** Appliances that send on change only: a value holds for so long while anything at all is heard. */
const HELD_MS = 1 * HOUR;
/** An alarm that was not repeated for a day says nothing: makers' interfaces lose the message that ends it. */
const ALARM_HELD_MS = 1 * DAY;

const NAMES = [...SIGNALS.keys()];
const INDEX: ReadonlyMap<string, number> = new Map(NAMES.map((name, index) => [name, index]));

const AT = exact.take('signal stamps', NAMES.length);
const VALUE = rough.take('signal values', NAMES.length);

/** Stamp of the newest moment taken. */
export const NEWEST = exact.take('newest');
export const FIRST = exact.take('first');

const at = (name: string): number => {
  const index = INDEX.get(name);
  if (index === undefined) throw new Error(`no signal "${name}"`);
  return index;
};

export const AIR = at('cabinet_temperature');
export const FREEZER = at('freezer_temperature');
export const EVAPORATOR = at('evaporator_temperature');
export const AMBIENT = at('ambient_temperature');
export const SET_POINT = at('set_point');
export const FREEZER_SET_POINT = at('freezer_set_point');
export const POWER = at('power');
export const COMPRESSOR_ON = at('compressor_on');
export const COMPRESSOR_SPEED = at('compressor_speed');
export const FAN_SPEED = at('fan_speed');
export const DOOR_OPEN = at('door_open');
export const DEFROST_ON = at('defrost_on');
export const MAINS_VOLTAGE = at('mains_voltage');
export const SIGNAL_STRENGTH = at('signal_strength');
export const DOOR_ALARM = at('door_alarm');
export const TEMPERATURE_ALARM = at('temperature_alarm');
export const FREEZER_ALARM = at('freezer_alarm');
export const ENERGY = at('energy');
export const FAULT_CODE = at('fault_code');

/** What a fault code means in plain terms: `none` for no fault, null when nobody said. */
export type NeutralCode = (model: string, code: string) => PlainCode;
type PlainCode = FaultCode | 'none' | null;

export const codeNumber = (code: PlainCode): number => {
  if (code === null) return Number.NaN;
  return code === 'none' ? 0 : FaultCode.options.indexOf(code) + 1;
};

function numberOf(signal: number, value: unknown, codeOf: (code: string) => PlainCode): number {
  if (typeof value === 'number') return value;
  if (typeof value === 'boolean') return value ? 1 : 0;
  if (signal !== FAULT_CODE || typeof value !== 'string') return Number.NaN;
  return value === '' || value === '0' ? 0 : codeNumber(codeOf(value));
}

/** True when the moment has a signal that this looks at. */
export const speaksOfUs = (moment: Moment): boolean =>
  moment.readings.some(({ signal, mapped }) => mapped && INDEX.has(signal));

export function takeSignals(m: Memory, moment: Moment, codeOf: (code: string) => PlainCode): void {
  for (const { signal, value, mapped } of moment.readings) {
    const index = mapped ? INDEX.get(signal) : undefined;
    if (index === undefined) continue;
    m.exact[AT + index] = moment.at;
    m.rough[VALUE + index] = numberOf(index, value, codeOf);
  }
}

/** What came late, and is still the newest of its signal, counts from now on. */
export function takeLateSignals(m: Memory, moment: Moment, codeOf: (code: string) => PlainCode): void {
  for (const { signal, value, mapped } of moment.readings) {
    const index = mapped ? INDEX.get(signal) : undefined;
    if (index === undefined || !(moment.at > m.exact[AT + index]!)) continue;
    m.exact[AT + index] = moment.at;
    m.rough[VALUE + index] = numberOf(index, value, codeOf);
  }
}

export const stampOf = (m: Memory, signal: number): number => m.exact[AT + signal]!;

/** As it was last said, however long ago; NaN when never. */
export const lastSaid = (m: Memory, signal: number): number => m.rough[VALUE + signal]!;

/** A measured value at a time; NaN when it is not known then. */
export function numberAt(m: Memory, signal: number, time: number): number {
  const age = time - m.exact[AT + signal]!;
  const known = age <= FRESH_MS || (age <= HELD_MS && time - m.exact[NEWEST]! <= FRESH_MS);
  return known ? m.rough[VALUE + signal]! : Number.NaN;
}

/** A state at a time, 0 or 1: it is often sent on change only, and holds while anything at all is heard. NaN: not known. */
export const stateAt = (m: Memory, signal: number, time: number): number =>
  time - m.exact[NEWEST]! <= FRESH_MS ? m.rough[VALUE + signal]! : Number.NaN;

export const alarmAt = (m: Memory, signal: number, time: number): number =>
  time - m.exact[AT + signal]! <= ALARM_HELD_MS ? stateAt(m, signal, time) : Number.NaN;

/** Above this an appliance without a compressor signal is taken to be cooling. */
const COOLING_WATTS = 30;
/** A variable-speed compressor at this many turns does as much as one of fixed speed. */
const FULL_SPEED = 3_000;

/** Less than any compressor takes that turns, of one speed and of many; lamp, fan and board may. */
const TURNS_WATTS = { fixed: 22, variable: 7 };

/** When it was last said whether the compressor is to run, epoch ms; 0: never. */
export const wantedSaidAt = (m: Memory): number =>
  Math.max(stampOf(m, COMPRESSOR_ON) || 0, stampOf(m, COMPRESSOR_SPEED) || 0);

/** Many boards tell what they want, not what turns: while it draws nothing, as was said no earlier, nothing turns. */
function drawsNothing(m: Memory, time: number): boolean {
  const { fixed, variable } = TURNS_WATTS;
  const wanted = lastSaid(m, COMPRESSOR_SPEED);
  return stampOf(m, POWER) >= wantedSaidAt(m) && numberAt(m, POWER, time) < (Number.isNaN(wanted) ? fixed : variable);
}

/** 1 while cooling, 0 at rest, NaN when it is not known. */
export function coolingAt(m: Memory, time: number): number {
  const state = stateAt(m, COMPRESSOR_ON, time);
  const speed = numberAt(m, COMPRESSOR_SPEED, time);
  const wanted = Number.isNaN(state) ? Math.min(speed, 1) : state;
  if (!Number.isNaN(wanted)) return wanted === 0 || drawsNothing(m, time) ? 0 : 1;
  const power = numberAt(m, POWER, time);
  if (Number.isNaN(power)) return Number.NaN;
  return power > COOLING_WATTS && stateAt(m, DEFROST_ON, time) !== 1 ? 1 : 0;
}

/** How hard it works while cooling: 1 at full speed, or when it has only one. */
export function effortAt(m: Memory, time: number): number {
  const speed = numberAt(m, COMPRESSOR_SPEED, time);
  return speed > 0 ? speed / FULL_SPEED : 1;
}
