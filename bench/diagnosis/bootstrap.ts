// How sure a figure is: drawn again and again from the same appliances, and the rule of three where nothing happened.
import { randomOf } from '#device-sim';

export type Interval = { value: number; low: number; high: number };

const DRAWS = 400;

/** 95 % interval by resampling whole appliances. Draws in which the figure has no value are left out. */
export function interval<T>(items: readonly T[], figure: (items: readonly T[]) => number, seed = 1): Interval {
  const value = figure(items);
  if (items.length === 0) return { value, low: Number.NaN, high: Number.NaN };
  const random = randomOf(seed, 'bootstrap');
  const drawn: number[] = [];
  for (let draw = 0; draw < DRAWS; draw++) {
    const again = figure(Array.from({ length: items.length }, () => items[Math.floor(random.share() * items.length)]!));
    if (Number.isFinite(again)) drawn.push(again);
  }
  return { value, low: quantile(drawn, 0.025), high: quantile(drawn, 0.975) };
}

/** Nearest rank; NaN of nothing. */
export function quantile(numbers: readonly number[], share: number): number {
  const sorted = [...numbers].sort((a, b) => a - b);
  return sorted[Math.min(sorted.length - 1, Math.max(0, Math.ceil(share * sorted.length) - 1))] ?? Number.NaN;
}

/** With no event in `exposure`, the rate is below this with 95 % confidence. */
export const ruleOfThree = (exposure: number): number => 3 / exposure;
