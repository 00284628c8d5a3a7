// `npm run test:failures`: kills the platform under load, again and again, and counts what it had acknowledged and what
// became of it. `--long` is the long form; `--kills N` says how many; `--minutes N` begins no kill after so many.
import { randomInt } from 'node:crypto';
import { parseArgs } from 'node:util';
import { type Aim, type Result, runEmbedded } from './embedded.ts';
import { report } from './report.ts';
import { STEPS } from './steps.ts';

const { values } = parseArgs({
  options: { kills: { type: 'string' }, long: { type: 'boolean', default: false }, minutes: { type: 'string' } },
});
const KILLS = Number(values.kills ?? (values.long ? 250 : 15));
/** One kill in so many falls into a start, and another one anywhere. */
const AT_START_EVERY = 12;
const AT_RANDOM_EVERY = 5;
const LONGEST_START_MS = 1_500;
const MOST_ACKNOWLEDGED = 3_000;
/** Steps that are passed for each message or batch, and those that are passed for each finding. */
const MOST_PASSES = { accept: 2_000, drain: 4, transaction: 2, 'hand-over': 2, notification: 1 } as const;

function aimOf(round: number): Aim {
  if (round % AT_START_EVERY === AT_START_EVERY - 1)
    return { what: 'while starting', after: randomInt(LONGEST_START_MS) };
  if (round % AT_RANDOM_EVERY === AT_RANDOM_EVERY - 1)
    return { what: 'under load', after: randomInt(1, MOST_ACKNOWLEDGED) };
  const step = STEPS[nextStep++ % STEPS.length]!;
  const hop = step.slice(0, step.indexOf(':')) as keyof typeof MOST_PASSES;
  return { what: step, after: randomInt(1, MOST_PASSES[hop] + 1) };
}

let nextStep = 0;
const startedAt = performance.now();
const until = values.long ? 'well' : 'handed-over';
const aims = Array.from({ length: KILLS }, (_, round) => aimOf(round));
const disturbed = runEmbedded({
  aims,
  healthy: 20,
  sick: KILLS,
  until,
  longestMs: values.minutes === undefined ? Number.POSITIVE_INFINITY : Number(values.minutes) * 60_000,
  hearKill: ({ hit, inFlight, acknowledged }, round) =>
    console.log(
      `kill ${String(round).padStart(3)}  ${hit.padEnd(34)}  ${String(acknowledged).padStart(6)} acknowledged in this life, ${String(inFlight).padStart(4)} in flight`,
    ),
});
const undisturbed = runEmbedded({ aims: [], healthy: 1, sick: 3, until, longestMs: 0 });
const [killed, calm]: Result[] = await Promise.all([disturbed, undisturbed]);
const passed = report(killed!, calm!);
if (!passed) process.exitCode = 1;
console.log(`${passed ? 'PASSED' : 'FAILED'} (${Math.round((performance.now() - startedAt) / 1000)} s)`);
