import { afterAll, beforeAll, expect, it } from 'vitest';
import { mortalPglite } from './databases.ts';
import { type Ground, openGround } from './walk.ts';
import { lineOf, walks } from './walks.ts';

const STEPS = 1_000;
/** Ends what hangs, on a machine that has much else to do. */
const LONGEST_MS = 480_000;
const SEED = 20_260_303;

const stack = new AsyncDisposableStack();
let ground: Ground;
beforeAll(async () => {
  ground = stack.use(await openGround(stack.use(await mortalPglite())));
});
afterAll(() => stack.disposeAsync());

it(
  'does what a small model of it does, whatever people do and wherever the process is killed',
  async () => {
    const { tally, found } = await walks({
      ground,
      steps: STEPS,
      seed: SEED,
      stepsAWalk: 250,
      diesEvery: 60,
      shrinkMs: 60_000,
    });
    console.log(lineOf(tally, found ? 1 : 0));
    expect(found?.error ?? 'no violation').toBe('no violation');
    expect(tally.killed).toBeGreaterThan(0);
  },
  LONGEST_MS,
);
