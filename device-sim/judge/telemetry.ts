// The fleet that judges: which signals a unit reports, what they say, and the model of appliance that its maker would
// have described.
import { type Model, SIGNALS } from '#contracts';
import type { Inputs } from '../refrigerator.ts';
import type { Body } from './body.ts';
import type { Chance } from './chance.ts';
import type { Unit } from './unit.ts';

/** How much of itself an appliance tells. */
export const PROFILES = ['full', 'no-door', 'no-ambient', 'power-only', 'set-points-only'] as const;
export type Profile = (typeof PROFILES)[number];

export type Cadence = 60 | 300 | 'on-change';

type Reader = (u: Unit, s: Body, x: Inputs, chance: Chance) => number | boolean;

// Not -0, which JSON does not know.
const tenth = (value: number): number => Math.round(value * 10) / 10 + 0;
const meanWatts = (s: Body): number => (s.meterSeconds > 0 ? s.meterJoules / s.meterSeconds : s.watts);

/** Every signal, when a unit has it, and what it reads. Noise and steps of tenths: NTC probes and metering chips. */
const READERS: Readonly<Record<string, { of: (u: Unit) => boolean; read: Reader }>> = {
  cabinet_temperature: {
    of: () => true,
    read: (_u, s, x, chance) => {
      const exact = x.sensorFault === 'frozen' || x.sensorFault === 'open' || x.sensorFault === 'short';
      return tenth(exact ? s.sensed : s.sensed + 0.04 * chance.normal());
    },
  },
  freezer_temperature: {
    of: (u) => u.freezer !== 'none',
    read: (_u, s, _x, chance) => tenth(s.freezer + 0.05 * chance.normal()),
  },
  evaporator_temperature: { of: () => true, read: (_u, s, _x, chance) => tenth(s.evaporator + 0.1 * chance.normal()) },
  ambient_temperature: {
    of: (u) => u.ambientSensor !== 'none',
    read: (_u, s, _x, chance) => tenth(s.roomProbe + 0.06 * chance.normal()),
  },
  set_point: { of: () => true, read: (_u, _s, x) => tenth(x.setPoint) },
  freezer_set_point: { of: (u) => u.freezer !== 'none', read: (u) => u.freezerSetPoint },
  power: {
    of: () => true,
    read: (u, s, _x, chance) =>
      tenth(Math.max(0, (u.meter === 'mean' ? meanWatts(s) : s.watts) * (1 + 0.006 * chance.normal()))),
  },
  compressor_on: {
    of: (u) => u.compressor === 'single',
    read: (u, s) => (u.running === 'actual' ? s.phase === 'running' : s.commanded),
  },
  compressor_speed: {
    of: (u) => u.compressor === 'variable',
    read: (u, s) => {
      const on = u.running === 'actual' ? s.phase === 'running' : s.commanded;
      return on ? Math.round(s.speed / 10) * 10 : 0;
    },
  },
  fan_speed: {
    of: (u) => u.defrost !== 'cycle' && u.tachometer,
    read: (u, s, _x, chance) => (s.fanTurns ? Math.round(u.fanSpeed + 12 * chance.normal()) : 0),
  },
  door_open: { of: (u) => u.doorSwitch, read: (_u, s) => s.doorOpen },
  defrost_on: { of: (u) => u.defrost !== 'cycle', read: (_u, s) => s.phase === 'defrosting' },
  door_alarm: { of: (u) => u.doorSwitch && u.doorAlarm, read: (u, s) => s.doorOpenSeconds > u.doorAlarmSeconds },
  temperature_alarm: { of: (u) => u.temperatureAlarm, read: (_u, s) => s.warmSeconds > 3600 },
  mains_voltage: { of: (u) => u.voltmeter, read: (_u, _s, x, chance) => tenth(x.mainsVolts + 1.2 * chance.normal()) },
  energy: { of: () => true, read: (_u, s) => Math.round(s.joules / 3600) },
  signal_strength: { of: () => true, read: (_u, _s, _x, chance) => Math.round(-60 + 2.5 * chance.normal()) },
};

const TOLD: Readonly<Record<Profile, (signal: string) => boolean>> = {
  full: () => true,
  'no-door': (signal) => !signal.startsWith('door_'),
  'no-ambient': (signal) => signal !== 'ambient_temperature',
  'power-only': (signal) => signal === 'power' || signal === 'energy',
  'set-points-only': (signal) => ['set_point', 'door_open', 'door_alarm', 'temperature_alarm'].includes(signal),
};

/** Names of the signals that this unit sends. */
export const signalsOf = (u: Unit, profile: Profile): string[] =>
  Object.keys(READERS).filter((name) => READERS[name]!.of(u) && TOLD[profile](name));

export type Values = Record<string, number | boolean>;
export type Sensing = (u: Unit, s: Body, x: Inputs, chance: Chance) => Values;

/** Reads all of `signals` at once. */
export function openSensing(signals: readonly string[]): Sensing {
  const readers = signals.map((name) => READERS[name]!.read);
  return (u, s, x, chance) => {
    const values: Values = {};
    for (let i = 0; i < readers.length; i++) values[signals[i]!] = readers[i]!(u, s, x, chance);
    return values;
  };
}

// What a maker would call plausible.
const RANGES: Readonly<Record<string, { min: number; max: number; absent?: number[] }>> = {
  cabinet_temperature: { min: -30, max: 60, absent: [-32_768, 255] },
  freezer_temperature: { min: -60, max: 60, absent: [-32_768, 255] },
  evaporator_temperature: { min: -60, max: 60, absent: [-32_768, 255] },
  ambient_temperature: { min: -20, max: 60 },
  set_point: { min: 1, max: 10 },
  power: { min: 0, max: 2_500 },
  mains_voltage: { min: 0, max: 400 },
};

/** Units that send the same signals at the same cadence are of one model. */
export function modelOf(signals: readonly string[], cadence: Cadence): Model {
  const all = [...SIGNALS.keys()];
  const mask = signals.reduce((sum, name) => sum + 2 ** all.indexOf(name), 0);
  const id = `judge-${mask.toString(36)}-${cadence}`;
  return {
    id,
    kind: 'refrigerator',
    brand: 'Judge',
    name: { en: `Refrigerator ${id}`, zh: `冰箱 ${id}` },
    cadenceSeconds: cadence === 'on-change' ? ON_CHANGE_AT_LEAST_SECONDS : cadence,
    signals: Object.fromEntries(
      signals.map((name) => [name, { absent: [], ...RANGES[name] }] satisfies [string, Model['signals'][string]]),
    ),
    faultCodes: {},
    warrantyMonths: 24,
    supportEndsOn: null,
    manuals: [],
    consumables: [],
    commands: [],
  };
}

/** An appliance that speaks when something has changed speaks at least so often. */
export const ON_CHANGE_AT_LEAST_SECONDS = 900;

const STEP: Readonly<Record<string, number>> = {
  cabinet_temperature: 0.3,
  freezer_temperature: 0.5,
  evaporator_temperature: 1.5,
  ambient_temperature: 0.3,
  power: 5,
  compressor_speed: 100,
  fan_speed: 200,
  mains_voltage: 4,
  energy: 20,
  signal_strength: 8,
};

/** What of `now` has moved since `told`, which learns it; null when nothing has. */
export function changesOf(now: Values, told: Values): Values | null {
  let changed: Values | null = null;
  for (const name in now) {
    const value = now[name]!;
    const before = told[name];
    if (typeof value === 'number' && typeof before === 'number' && Math.abs(value - before) < (STEP[name] ?? 0.01))
      continue;
    if (value === before) continue;
    told[name] = value;
    changed ??= {};
    changed[name] = value;
  }
  return changed;
}
