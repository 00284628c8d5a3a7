// The table of features: numbers that an engineer would look at, computed from what is remembered. Null is "unknown".

import type { z } from 'zod';
import type { PhraseUnit } from '#contracts';
import { HOUR, MINUTE } from '#runtime';
import { coolingAt, FRESH_MS, foodTrend, type Memory, numberAt, shareOf, stateAt } from './memory.ts';

/** `at` is the moment of judgement in the appliance's time; `silentMs` is counted in the platform's time, while it was up. */
export type View = { memory: Memory; at: number; silentMs: number };

export type Feature = {
  name: string;
  unit: z.infer<typeof PhraseUnit>;
  /** Signals behind it, for the chart. */
  signals: readonly string[];
  compute(view: View): number | boolean | null;
};

/** A week: for what did not happen while anybody watched. */
const LONG_AGO_MINUTES = 7 * 24 * 60;

const minutes = (ms: number): number => ms / MINUTE;

const TABLE: readonly Feature[] = [
  {
    name: 'cabinet_temperature',
    unit: 'Cel',
    signals: ['cabinet_temperature'],
    compute: ({ memory, at }) => numberAt(memory, 'cabinet_temperature', at),
  },
  {
    name: 'food_temperature',
    unit: 'Cel',
    signals: ['cabinet_temperature'],
    compute: ({ memory, at }) => (memory.food && at - memory.food.at <= FRESH_MS ? memory.food.value : null),
  },
  {
    name: 'food_trend',
    unit: 'K/h',
    signals: ['cabinet_temperature'],
    compute: ({ memory, at }) => foodTrend(memory, at),
  },
  {
    name: 'set_point',
    unit: 'Cel',
    signals: ['set_point'],
    // A set point stands until it is changed, so its age does not matter.
    compute: ({ memory }) =>
      typeof memory.values.set_point?.value === 'number' ? memory.values.set_point.value : null,
  },
  {
    name: 'door_open_minutes',
    unit: 'duration',
    signals: ['door_open', 'cabinet_temperature'],
    compute: ({ memory, at }) => {
      const open = stateAt(memory, 'door_open', at);
      if (open === null) return null;
      return open && memory.door ? minutes(at - memory.door.openedAt) : 0;
    },
  },
  {
    name: 'door_open_samples',
    unit: '1',
    signals: ['door_open'],
    compute: ({ memory, at }) => (stateAt(memory, 'door_open', at) === null ? null : (memory.door?.samples ?? 0)),
  },
  {
    name: 'air_rise_since_door_opened',
    unit: 'K',
    signals: ['door_open', 'cabinet_temperature'],
    compute: ({ memory, at }) => {
      const air = numberAt(memory, 'cabinet_temperature', at);
      if (air === null || stateAt(memory, 'door_open', at) === null) return null;
      if (!memory.door) return 0;
      return memory.door.airAtOpening === null ? null : air - memory.door.airAtOpening;
    },
  },
  {
    name: 'door_open_share_1h',
    unit: '%',
    signals: ['door_open'],
    compute: ({ memory, at }) => percent(shareOf(memory.doorShares, at, HOUR)),
  },
  {
    name: 'door_open_share_3h',
    unit: '%',
    signals: ['door_open'],
    compute: ({ memory, at }) => percent(shareOf(memory.doorShares, at, 3 * HOUR)),
  },
  {
    name: 'compressor_share_1h',
    unit: '%',
    signals: ['compressor_on', 'power', 'cabinet_temperature'],
    compute: ({ memory, at }) => percent(shareOf(memory.compressorShares, at, HOUR)),
  },
  {
    name: 'evaporator_gap',
    unit: 'K',
    signals: ['evaporator_temperature', 'cabinet_temperature'],
    // Only while cooling: at rest the evaporator warms to the air by itself.
    compute: ({ memory, at }) => {
      const air = numberAt(memory, 'cabinet_temperature', at);
      const evaporator = numberAt(memory, 'evaporator_temperature', at);
      return air === null || evaporator === null || coolingAt(memory, at) !== true ? null : air - evaporator;
    },
  },
  {
    name: 'minutes_since_door_was_shut',
    unit: 'duration',
    signals: ['door_open', 'cabinet_temperature'],
    // Counts only after it had stood open for minutes, and only while it stays shut.
    compute: ({ memory, at }) => {
      const open = stateAt(memory, 'door_open', at);
      if (open === null) return null;
      return open || memory.doorShutAt === null ? LONG_AGO_MINUTES : minutes(at - memory.doorShutAt);
    },
  },
  {
    name: 'off_hours',
    unit: 'duration',
    signals: ['cabinet_temperature'],
    // A buffered router outage leaves no gap; one in which the air did not warm was not a power cut.
    compute: ({ memory, at }) => {
      const { gap } = memory;
      return gap && at - gap.endedAt < 12 * HOUR && gap.rise >= 2 ? gap.ms / HOUR : 0;
    },
  },
  {
    name: 'known_hours',
    unit: '1',
    signals: [],
    compute: ({ memory, at }) => (at - memory.firstAt) / HOUR,
  },
  {
    name: 'silent_hours',
    unit: 'duration',
    signals: [],
    compute: ({ silentMs }) => silentMs / HOUR,
  },
];

const percent = (share: number | null): number | null => (share === null ? null : share * 100);

export const FEATURES: ReadonlyMap<string, Feature> = new Map(TABLE.map((feature) => [feature.name, feature]));

/** Features that count time say so in the unit of their name; people read a duration. */
const TO_MS: Record<string, number> = {
  door_open_minutes: MINUTE,
  minutes_since_door_was_shut: MINUTE,
  silent_hours: HOUR,
  off_hours: HOUR,
};

/** The feature's value as a quantity for people. */
export const quantityOf = (feature: Feature, value: number): { value: number; unit: Feature['unit'] } => ({
  value: value * (TO_MS[feature.name] ?? 1),
  unit: feature.unit,
});
