// Lengths of time, durations as people type them, and the clock that a simulated appliance lives by.
import { UsageError } from './usage-error.ts';

export const SECOND = 1000;
export const MINUTE = 60 * SECOND;
export const HOUR = 60 * MINUTE;
export const DAY = 24 * HOUR;

/** Appliance time: `now` is epoch ms, and `rate` of its milliseconds pass in one of the wall clock's. */
export type DeviceClock = { now(): number; rate: number };

/** A clock that runs `rate` times faster since `from` (epoch ms), as the platform's development clock does. */
export function fastClock(rate: number, from: number): DeviceClock {
  return { now: () => from + (Date.now() - from) * rate, rate };
}

const UNITS: Record<string, number> = { s: SECOND, m: MINUTE, h: HOUR, d: DAY };

/** "90s", "10m", "1h30m", "2d" in milliseconds. Throws UsageError for anything else. */
export function parseDuration(text: string, what: string): number {
  const parts = [...text.matchAll(/(\d+(?:\.\d+)?)([smhd])/g)];
  if (parts.length === 0 || parts.map((part) => part[0]).join('') !== text) {
    throw new UsageError(
      `${what}: "${text}" is not a duration`,
      'Write a number and s, m, h or d: 90s, 10m, 1h30m, 2d.',
    );
  }
  return parts.reduce((sum, part) => sum + Number(part[1]) * UNITS[part[2]!]!, 0);
}
