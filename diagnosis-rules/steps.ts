// The last hours in steps of five minutes: shares of time and mean temperatures.
import { HOUR, MINUTE } from '#runtime';
import type { Memory } from './memory.ts';
import { brief, exact, rough } from './places.ts';
import type { Span } from './span.ts';

export const STEP_MS = 5 * MINUTE;
/** A little more than 3 h, and than 1 h. */
const LONG = 37;
const SHORT = 13;

/** The step that goes on. */
const NOW = exact.take('step');

type Track = { steps: number; ring: number; sum: number; known: number };
const track = (name: string, steps: number): Track => ({
  steps,
  ring: brief.take(`${name} steps`, steps),
  sum: rough.take(`${name} of this step`),
  known: rough.take(`${name} known of this step`),
});

export const DOOR_STEPS = track('door', LONG);
export const COOLING_STEPS = track('cooling', LONG);
export const AIR_STEPS = track('air', SHORT);
const TRACKS = [DOOR_STEPS, COOLING_STEPS, AIR_STEPS];

export const stepOf = (at: number): number => Math.floor(at / STEP_MS);
export const isNewStep = (m: Memory, at: number): boolean => stepOf(at) !== m.exact[NOW];

function turnTo(m: Memory, step: number): void {
  const before = m.exact[NOW]!;
  m.exact[NOW] = step;
  for (const { steps, ring, sum, known } of TRACKS) {
    const r = m.rough;
    if (before < step) {
      m.brief[ring + (before % steps)] = r[known]! > 0 ? r[sum]! / r[known]! : Number.NaN;
      const skipped = Math.min(step - before - 1, steps);
      for (let i = 1; i <= skipped; i++) m.brief[ring + ((step - i) % steps)] = Number.NaN;
    }
    r[sum] = 0;
    r[known] = 0;
  }
}

function add(m: Memory, { sum, known }: Track, value: number, minutes: number): void {
  if (Number.isNaN(value)) return;
  m.rough[sum]! += value * minutes;
  m.rough[known]! += minutes;
}

export function followSteps(m: Memory, { ms, before, now }: Span): void {
  if (ms > 0) {
    for (let start = before.at; start < now.at; ) {
      const step = stepOf(start);
      if (step !== m.exact[NOW]) turnTo(m, step);
      const end = Math.min(now.at, (step + 1) * STEP_MS);
      const minutes = (end - start) / MINUTE;
      add(m, DOOR_STEPS, before.door, minutes);
      add(m, COOLING_STEPS, before.cooling, minutes);
      add(m, AIR_STEPS, before.air, minutes);
      start = end;
    }
  }
  const step = stepOf(now.at);
  if (step !== m.exact[NOW]) turnTo(m, step);
}

/** The mean over the last `windowMs`; NaN unless at least half of it is known. */
export function meanOf(m: Memory, { steps, ring, sum, known }: Track, at: number, windowMs: number): number {
  const last = m.exact[NOW]!;
  const r = m.rough;
  let total = r[sum]!;
  let minutes = r[known]!;
  const oldest = Math.max(stepOf(at - windowMs) + 1, last - steps + 1);
  for (let step = last - 1; step >= oldest; step--) {
    const value = m.brief[ring + (step % steps)]!;
    if (Number.isNaN(value)) continue;
    total += value * (STEP_MS / MINUTE);
    minutes += STEP_MS / MINUTE;
  }
  if (stepOf(at) - last > steps) return Number.NaN;
  return minutes * 2 * MINUTE >= windowMs ? total / minutes : Number.NaN;
}

export const shareOfHour = (m: Memory, of: Track, at: number, hours = 1): number => meanOf(m, of, at, hours * HOUR);
