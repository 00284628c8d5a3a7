// Walk after walk until there were enough steps. A violation is shrunk to a short way that still leads to it.
import fc from 'fast-check';
import { type Ground, MOVE_NAMES, newTally, type Step, type Tally, walk } from './walk.ts';

const NUMBERS_A_STEP = 12;
const LARGEST_NUMBER = 5_039;
/** One kill in so many steps ... */
const KILL_EVERY = 8;
/** ... which falls within so many points of the move. */
const LATEST_POINT = 40;

const steps = (count: number, diesEvery: number): fc.Arbitrary<Step[]> => {
  const step: fc.Arbitrary<Step> = fc.record({
    move: fc.constantFrom(...MOVE_NAMES),
    drawn: fc.array(fc.nat(LARGEST_NUMBER), { minLength: NUMBERS_A_STEP, maxLength: NUMBERS_A_STEP, size: 'max' }),
    kill: fc.oneof(
      { weight: KILL_EVERY - 1, arbitrary: fc.constant(null) },
      { weight: 1, arbitrary: fc.nat(LATEST_POINT) },
    ),
    real: diesEvery === 0 ? fc.constant(false) : fc.nat(diesEvery - 1).map((n) => n === 0),
  });
  return fc.array(step, { minLength: 1, maxLength: count, size: 'max' });
};

export type Walking = {
  ground: Ground;
  steps: number;
  seed: number;
  /** The most steps of one walk. */
  stepsAWalk: number;
  /** In one of so many kills the database dies too; 0: never. */
  diesEvery: number;
  shrinkMs: number;
  told?: (tally: Tally) => void;
  goesOn?: () => boolean;
  /** A violation was found and is being shrunk now. */
  stumbled?: (error: string) => void;
};

export type Found = { seed: number; path: string | null; error: string };

/** Stops at the first violation. */
export async function walks(walking: Walking): Promise<{ tally: Tally; found: Found | null }> {
  const { ground, seed, stepsAWalk, diesEvery, shrinkMs } = walking;
  const tally = newTally();
  for (let round = 0; tally.steps < walking.steps && (walking.goesOn?.() ?? true); round++) {
    let counted = tally;
    const property = fc.asyncProperty(steps(stepsAWalk, diesEvery), async (way) => {
      // What is walked again while shrinking is not counted.
      const into = counted;
      counted = newTally();
      await walk(ground, way, into).catch((error: Error) => {
        if (into === tally) walking.stumbled?.(error.message);
        throw error;
      });
    });
    const result = await fc.check(property, { seed: seed + round, numRuns: 1, interruptAfterTimeLimit: shrinkMs });
    if (result.failed && result.counterexamplePath !== null) {
      const error = result.errorInstance instanceof Error ? result.errorInstance.message : String(result.errorInstance);
      return { tally, found: { seed: seed + round, path: result.counterexamplePath, error } };
    }
    walking.told?.(tally);
  }
  return { tally, found: null };
}

export function lineOf({ steps, done, refused, killed, died, looks, refusals }: Tally, violations: number): string {
  const kinds = [...refusals].sort(([, a], [, b]) => b - a).map(([code, count]) => `${code} ${count}`);
  return [
    `model: ${steps} steps, ${done} done, ${refused} other outcomes as expected, ${killed} kills (${died} of the database too),`,
    `${looks} looks, ${violations} violations\n  ${kinds.slice(0, 24).join(', ')}`,
  ].join(' ');
}
