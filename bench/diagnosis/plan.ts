// Which lives a run is made of.
import { canDraw, type LifeSpec } from './drawn-life.ts';
import { CODES } from './faults.ts';
import type { BenchOptions } from './options.ts';

/** Apart by so much, the lives of two faults never share a seed. */
const SEEDS_PER_GROUP = 1_000_000;

export function planOf(options: BenchOptions): LifeSpec[] {
  const group = (asked: LifeSpec['asked'], number: number, count: number, days: number): LifeSpec[] =>
    Array.from({ length: count }, (_, n) => ({ seed: options.seed + number * SEEDS_PER_GROUP + n, asked, days }));
  const faults = options.faults
    .filter(canDraw)
    .flatMap((code) => group(code, CODES.indexOf(code) + 1, options.count, options.days));
  return [...faults, ...group(null, 0, options.healthy, options.healthyDays)];
}
