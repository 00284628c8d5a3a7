// `npm run test:model -- --steps 100000 --seed 1 --engine pglite`: the long form of the model's walks.
import { parseArgs } from 'node:util';
import { mortalPglite, mortalPostgres } from './databases.ts';
import { openGround } from './walk.ts';
import { lineOf, walks } from './walks.ts';

const { values } = parseArgs({
  options: {
    steps: { type: 'string', default: '100000' },
    seed: { type: 'string', default: String(Date.now() % 1_000_000_000) },
    engine: { type: 'string', default: 'pglite' },
    minutes: { type: 'string', default: 'none' },
  },
});
const TOLD_EVERY = 1_000;
const seed = Number(values.seed);
const endsAt =
  values.minutes === 'none' ? Number.POSITIVE_INFINITY : performance.now() + Number(values.minutes) * 60_000;

await using stack = new AsyncDisposableStack();
const database = stack.use(await (values.engine === 'postgres' ? mortalPostgres() : mortalPglite()));
const ground = stack.use(await openGround(database));
console.log(`seed ${seed}, ${values.engine}`);
let toldAt = 0;
const { tally, found } = await walks({
  ground,
  steps: Number(values.steps),
  seed,
  stepsAWalk: 400,
  diesEvery: 8,
  shrinkMs: 180_000,
  stumbled: (error) => console.log(`found, now shrinking: ${error.split('\n')[0]}`),
  goesOn: () => performance.now() < endsAt,
  told(tally) {
    if (tally.steps < toldAt) return;
    toldAt = tally.steps + TOLD_EVERY;
    console.log(lineOf(tally, 0).split('\n')[0]);
  },
});
console.log(lineOf(tally, found ? 1 : 0));
if (found) {
  console.error(`violation at seed ${found.seed}, path ${found.path}:\n${found.error}`);
  process.exitCode = 1;
}
