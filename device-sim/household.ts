// The demo's household as data: three refrigerators, one healthy, one that no longer cools, one left open.
import type { Phrase } from '#contracts';
import { DEFAULT_HABITS, type Habits } from './habits.ts';
import type { Manner } from './obedience.ts';
import type { Episode } from './scenario.ts';
import { HOUR, MINUTE } from './time.ts';

export type HouseholdAppliance = {
  key: string;
  name: Phrase;
  /** Id of the platform's model. */
  model: string;
  serial: string;
  seed: number;
  habits: Habits;
  /** Relative to the start of the demo. */
  episodes: readonly Episode[];
  signals: readonly string[];
  pastHours: number;
  /** How it takes commands. */
  manner: Manner;
};

const SIGNALS_WITHOUT_DOOR = [
  'cabinet_temperature',
  'freezer_temperature',
  'evaporator_temperature',
  'ambient_temperature',
  'set_point',
  'power',
  'compressor_on',
  'energy',
  'signal_strength',
] as const;
const SIGNALS = [...SIGNALS_WITHOUT_DOOR, 'fan_speed', 'door_open', 'defrost_on'];

/** As long as diagnosis takes to learn what is usual, and a little more. */
const PAST_HOURS = 6 * 24;
const FAILING_FOR = 5 * HOUR;
const OPEN_FOR = 20 * MINUTE;
const CLOSES_AFTER = 6 * MINUTE;

/** The demo's appliances. `episodes` are relative to the demo's first start; pass that as `storyStart`. */
export function demoHousehold(): HouseholdAppliance[] {
  return [
    {
      key: 'kitchen',
      name: { en: 'Kitchen fridge', zh: '厨房冰箱' },
      model: 'stethos-reference-fridge',
      serial: 'SIM-K-0001',
      seed: 11,
      habits: { ...DEFAULT_HABITS, ambient: 22, seasonSwing: 0.5 },
      episodes: [],
      signals: SIGNALS,
      pastHours: PAST_HOURS,
      manner: 'obeys',
    },
    {
      key: 'garage',
      name: { en: 'Garage fridge', zh: '车库冰箱' },
      model: 'fridge-without-door-sensor',
      serial: 'SIM-G-0002',
      seed: 23,
      habits: { ...DEFAULT_HABITS, openingsPerDay: 10, ambient: 24, seasonSwing: 0.5 },
      episodes: [{ what: 'cooling-failing', fromMs: -FAILING_FOR }],
      signals: SIGNALS_WITHOUT_DOOR,
      pastHours: PAST_HOURS,
      manner: 'obeys',
    },
    {
      key: 'pantry',
      name: { en: 'Pantry fridge', zh: '储藏室冰箱' },
      model: 'stethos-reference-fridge',
      serial: 'SIM-P-0003',
      seed: 37,
      habits: { ...DEFAULT_HABITS, openingsPerDay: 14, ambient: 23, seasonSwing: 0.5 },
      episodes: [{ what: 'door-left-open', fromMs: -OPEN_FOR, untilMs: CLOSES_AFTER }],
      signals: SIGNALS,
      pastHours: PAST_HOURS,
      manner: 'obeys',
    },
  ];
}
