// Many refrigerators, no two alike: units drawn from the ranges, households with habits, faults that strike at random.
import { drawHabits, type Habits } from './habits.ts';
import { drawParameters, type Parameters } from './parameters.ts';
import { type Random, randomOf } from './random.ts';
import { type Episode, type EpisodeName, FAULT_NAMES, LOOK_ALIKE_NAMES } from './scenario.ts';
import { DAY } from './time.ts';

export type FleetMember = {
  seed: number;
  parameters: Parameters;
  habits: Habits;
  /** Relative to the fleet's zero. */
  episodes: Episode[];
};

export type FleetOptions = {
  count: number;
  seed: number;
  /** Time within which things happen, from zero on. */
  days: number;
  /** Share of members that get a fault, and of those that get a second one. */
  faultShare?: number;
  secondFaultShare?: number;
  /** Look-alikes of faults that each member meets in thirty days. */
  lookAlikesPerMonth?: number;
  faults?: readonly EpisodeName[];
};

function drawFaults(random: Random, options: FleetOptions): Episode[] {
  const { faultShare = 0.3, secondFaultShare = 0.1, faults = FAULT_NAMES } = options;
  if (random.share() >= faultShare) return [];
  const count = random.share() < secondFaultShare ? 2 : 1;
  const names = new Set<EpisodeName>();
  while (names.size < Math.min(count, faults.length)) names.add(random.pick(faults));
  return [...names].map((what) => ({
    what,
    fromMs: Math.floor(random.between(0.1, 0.7) * options.days * DAY),
    strength: random.between(0.6, 1),
  }));
}

function drawLookAlikes(random: Random, { lookAlikesPerMonth = 1, days }: FleetOptions): Episode[] {
  const count = random.poisson((lookAlikesPerMonth * days) / 30);
  return Array.from({ length: count }, () => ({
    what: random.pick(LOOK_ALIKE_NAMES),
    fromMs: Math.floor(random.between(0, days) * DAY),
    strength: random.between(0.5, 1),
  }));
}

/** `count` members; member n is the same in every fleet of this seed. */
export function drawFleet(options: FleetOptions): FleetMember[] {
  return Array.from({ length: options.count }, (_, i) => {
    const random = randomOf(options.seed, 'member', i);
    const seed = Math.floor(random.share() * 2 ** 31);
    return {
      seed,
      parameters: drawParameters(random),
      habits: drawHabits(seed),
      episodes: [...drawFaults(random, options), ...drawLookAlikes(random, options)],
    };
  });
}
