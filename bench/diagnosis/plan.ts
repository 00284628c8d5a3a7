// Which lives a run is made of.
import type { LifeSpec } from './drawn-life.ts';
import { CODES } from './faults.ts';
import type { BenchOptions } from './options.ts';

/** Apart by so much, the lives of two faults never share a seed. */
const SEEDS_PER_GROUP = 1_000_000;
/** Of lives with a fault, one in so many sends what signals were drawn; of healthy ones every second. */
const DRAWN_EVERY = { fault: 4, healthy: 2 };

/** Lives with all signals, `count` of each fault, and a third of that beside them with those that were drawn. */
export function planOf(options: BenchOptions): LifeSpec[] {
  const { seed, count, days, healthy, healthyDays } = options;
  const ofFaults = options.faults.flatMap((asked) => {
    const first = seed + (CODES.indexOf(asked) + 1) * SEEDS_PER_GROUP;
    const lives = (signals: LifeSpec['signals'], number: number, from: number): LifeSpec[] =>
      Array.from({ length: number }, (_, n) => ({ seed: from + n, asked, days, signals }));
    return [
      ...lives('full', count, first),
      ...lives('drawn', Math.floor(count / (DRAWN_EVERY.fault - 1)), first + SEEDS_PER_GROUP / 2),
    ];
  });
  const ofNone = Array.from({ length: healthy }, (_, n): LifeSpec => {
    const signals = n % DRAWN_EVERY.healthy === 0 ? 'full' : 'drawn';
    return { seed: seed + n, asked: null, days: healthyDays, signals };
  });
  return [...ofFaults, ...ofNone];
}
