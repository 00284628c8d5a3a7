// The fleet that judges: what one appliance's life is made of, and the truth of it that can be known beforehand.
import { type Episode, openScenario, type Scenario, type Truth } from '../scenario.ts';
import { DAY, HOUR } from '../time.ts';
import type { Home } from './home.ts';
import type { Telling } from './post.ts';
import type { Unit } from './unit.ts';

/** One appliance of the fleet. `from` is its first reading, epoch ms; episodes are relative to it. */
export type LifeOptions = {
  id: string;
  seed: number;
  unit: Unit;
  home: Home;
  telling: Telling;
  /** Names of the signals it sends. */
  signals: readonly string[];
  episodes: readonly Episode[];
  from: number;
  days: number;
};

export const scenarioOf = ({ episodes, from, seed }: LifeOptions): Scenario =>
  openScenario({ episodes, zero: from, seed });

export type JudgeTruth = Truth & {
  /** Epoch ms at which a fifth of a growing fault is there: for drift, where the clock of detection starts. */
  notableAt: number;
  /** `drift`: it grows over more than a day. */
  manner: 'sudden' | 'drift';
};

// Ice grows while the coil is below zero, which is about two thirds of the time.
const COLD_SHARE = 0.65;

function growthOf(life: LifeOptions, truth: Truth): number {
  if (truth.fault !== 'evaporator-frosted') return truth.growMs;
  return DAY / (life.unit.frostPerDay * truth.strength * COLD_SHARE);
}

/** What happens in a life: faults and what only looks like one, with onset, end (null: still there) and growth. */
export function truthOfLife(life: LifeOptions): JudgeTruth[] {
  return scenarioOf(life)
    .truth(life.id)
    .map((truth) => {
      const growMs = growthOf(life, truth);
      const manner = growMs > 24 * HOUR ? 'drift' : 'sudden';
      return { ...truth, growMs, notableAt: truth.onset + 0.2 * growMs, manner };
    });
}
