// `npm run test:failures`: kills the platform under load, again and again, and counts what it had acknowledged and what
// became of it. `--long` is the long form; `--clustered` kills among processes of their own and their servers instead of
// one process; `--kills N` says how many; `--minutes N` begins no kill after so many.
import { parseArgs } from 'node:util';
import { embeddedAims } from './aims.ts';
import { runClustered } from './clustered.ts';
import { runEmbedded } from './embedded.ts';
import { describeKill, type Kill } from './kill.ts';
import { report } from './report.ts';

const { values } = parseArgs({
  options: {
    kills: { type: 'string' },
    long: { type: 'boolean', default: false },
    clustered: { type: 'boolean', default: false },
    minutes: { type: 'string' },
  },
});
const kills = Number(values.kills ?? (values.long ? 250 : 6));
const until = values.long ? 'well' : 'handed-over';
const common = {
  healthy: 20,
  until,
  longestMs: values.minutes === undefined ? Number.POSITIVE_INFINITY : Number(values.minutes) * 60_000,
  hearKill: (kill: Kill, round: number) => console.log(describeKill(kill, round)),
} as const;

const startedAt = performance.now();
const disturbed = values.clustered
  ? runClustered({ ...common, kills, sick: kills })
  : runEmbedded({ ...common, aims: embeddedAims(kills), sick: kills });
const undisturbed = runEmbedded({ aims: [], healthy: 1, sick: 3, until, longestMs: 0 });
const [killed, calm] = await Promise.all([disturbed, undisturbed]);
const passed = report(killed, calm);
if (!passed) process.exitCode = 1;
console.log(`${passed ? 'PASSED' : 'FAILED'} (${Math.round((performance.now() - startedAt) / 1000)} s)`);
