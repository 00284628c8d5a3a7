// The time between two moments of one appliance, as the followers look at it: how it was before, and how it is now.
import type { Memory } from './memory.ts';
import {
  AIR,
  AMBIENT,
  coolingAt,
  DEFROST_ON,
  DOOR_OPEN,
  EVAPORATOR,
  effortAt,
  FAN_SPEED,
  FREEZER,
  FRESH_MS,
  numberAt,
  POWER,
  stateAt,
} from './signals.ts';

/** States are 0 or 1; NaN is "not known". */
export type Glance = {
  at: number;
  air: number;
  freezer: number;
  evaporator: number;
  ambient: number;
  power: number;
  cooling: number;
  effort: number;
  fan: number;
  door: number;
  defrost: number;
};

/** `ms` is 0 for the first moment, and when the time between is too long to know what went on in it. */
export type Span = { ms: number; before: Glance; now: Glance };

export const glance = (m: Memory, at: number): Glance => ({
  at,
  air: numberAt(m, AIR, at),
  freezer: numberAt(m, FREEZER, at),
  evaporator: numberAt(m, EVAPORATOR, at),
  ambient: numberAt(m, AMBIENT, at),
  power: numberAt(m, POWER, at),
  cooling: coolingAt(m, at),
  effort: effortAt(m, at),
  fan: numberAt(m, FAN_SPEED, at),
  door: stateAt(m, DOOR_OPEN, at),
  defrost: stateAt(m, DEFROST_ON, at),
});

export const spanOf = (before: Glance, now: Glance): Span => {
  const ms = now.at - before.at;
  return { ms: ms > FRESH_MS ? 0 : ms, before, now };
};

/** A running mean that forgets with the time constant; the first value stands as it is. */
export function forgetful(mean: number, value: number, ms: number, tauMs: number): number {
  if (Number.isNaN(value)) return mean;
  return Number.isNaN(mean) ? value : mean + (1 - Math.exp(-ms / tauMs)) * (value - mean);
}

/** A count of what happened lately that forgets with the time constant; about the number within it. */
export const fadingCount = (count: number, ms: number, tauMs: number): number =>
  Number.isNaN(count) ? 0 : count * Math.exp(-ms / tauMs);
