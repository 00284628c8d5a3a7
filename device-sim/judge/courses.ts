// The fleet that judges: how each fault, and what only looks like one, runs its course. Engineering knowledge and makers'
// service literature: a slow leak takes weeks, dust takes months, ice takes days, a relay takes no time.
import type { FaultName } from '../faults.ts';
import type { LookAlikeName } from '../look-alikes.ts';
import type { Structure } from './unit.ts';

export type Range = readonly [low: number, high: number];
type Course = {
  strength?: Range;
  /** Days to full strength; 0: at once. Several: one of them. */
  growDays?: readonly Range[];
  /** Hours that it lasts; without, until somebody repairs it. */
  lastsHours?: Range;
  /** What the unit must be made of. */
  needs?: (structure: Structure) => boolean;
};

const NO_FROST = (structure: Structure): boolean => structure.defrost !== 'cycle';
const MEASURES_MAINS = (structure: Structure): boolean => structure.voltmeter;

/** How each fault runs its course. */
export const COURSES: Readonly<Record<FaultName, Course>> = {
  'door-left-open': { lastsHours: [0.4, 4] },
  'door-ajar': { strength: [0.35, 1], lastsHours: [6, 200] },
  'seal-worn': { strength: [0.6, 1.1], growDays: [[10, 60]] },
  'refrigerant-leak': { strength: [0.75, 1], growDays: [[5, 60]] },
  'cooling-failing': { strength: [0.85, 1], growDays: [[0.015, 0.5]] },
  'evaporator-frosted': { strength: [0.9, 1.4], needs: NO_FROST },
  'evaporator-fan': { needs: NO_FROST },
  'condenser-dirty': { strength: [0.7, 1.1], growDays: [[14, 90]] },
  'condenser-fan': { strength: [0.8, 1.1], needs: NO_FROST },
  'compressor-start': { needs: ({ compressor }) => compressor === 'single' },
  'compressor-worn': { strength: [0.7, 1], growDays: [[14, 90]] },
  'power-cut': { lastsHours: [1, 14] },
  'sensor-offset': {
    strength: [0.5, 1.1],
    growDays: [
      [0, 0],
      [4, 30],
    ],
  },
  'sensor-offset-high': {
    strength: [0.5, 1.1],
    growDays: [
      [0, 0],
      [4, 30],
    ],
  },
  'sensor-frozen': {},
  'sensor-open': {},
  'sensor-short': {},
  'sensor-jumping': {},
  'sensor-noisy': {},
  'relay-stuck-on': {},
  'relay-stuck-off': {},
  'freezer-ajar': { strength: [0.6, 1], lastsHours: [6, 150], needs: ({ freezer }) => freezer !== 'none' },
  'appliance-silent': { lastsHours: [30, 240] },
  'clock-wrong': { strength: [0.2, 4] },
  'mains-low': { strength: [0.85, 1.2], lastsHours: [2, 72], needs: MEASURES_MAINS },
  'mains-high': { strength: [0.85, 1.1], lastsHours: [2, 72], needs: MEASURES_MAINS },
};

type Habit = { strength: Range; lastsHours: Range };

export const HABITS: Readonly<Record<LookAlikeName, Habit>> = {
  party: { strength: [0.5, 1.2], lastsHours: [2, 7] },
  'hot-groceries': { strength: [0.2, 0.8], lastsHours: [0.08, 0.1] },
  'heat-wave': { strength: [0.3, 1], lastsHours: [48, 170] },
  'router-outage': { strength: [1, 1], lastsHours: [0.1, 12] },
  holiday: { strength: [1, 1], lastsHours: [72, 500] },
  'set-point-change': { strength: [0.25, 0.75], lastsHours: [24, 700] },
  'warmer-set-point': { strength: [0.25, 0.75], lastsHours: [24, 700] },
  'long-defrost': { strength: [1, 1], lastsHours: [0.5, 1] },
  unplugged: { strength: [1, 1], lastsHours: [0.15, 0.5] },
  'first-cool-down': { strength: [1, 1], lastsHours: [8, 8.1] },
};
