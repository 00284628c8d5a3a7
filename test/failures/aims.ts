// Where the kills of the embedded platform fall: each step in turn, now and then anywhere, now and then into a start.
import { randomInt } from 'node:crypto';
import { hopOf, STEPS, type Step } from './steps.ts';

/** `after`: acknowledgements, milliseconds, or passes of the step. */
export type Aim = { what: Step | 'under load' | 'while starting'; after: number };

const AT_START_EVERY = 12;
const AT_RANDOM_EVERY = 5;
const LONGEST_START_MS = 1_500;
const MOST_ACKNOWLEDGED = 3_000;
/** Steps that are passed for each message or batch, and those that are passed for each finding. */
const MOST_PASSES: Record<string, number> = {
  accept: 2_000,
  drain: 4,
  transaction: 2,
  'hand-over': 2,
  notification: 1,
};

export function embeddedAims(kills: number): Aim[] {
  let nextStep = 0;
  return Array.from({ length: kills }, (_, round): Aim => {
    if (round % AT_START_EVERY === AT_START_EVERY - 1)
      return { what: 'while starting', after: randomInt(LONGEST_START_MS) };
    if (round % AT_RANDOM_EVERY === AT_RANDOM_EVERY - 1)
      return { what: 'under load', after: randomInt(1, MOST_ACKNOWLEDGED) };
    const step = STEPS[nextStep++ % STEPS.length]!;
    return { what: step, after: randomInt(1, MOST_PASSES[hopOf(step)]! + 1) };
  });
}
