// `npm run bench`: every bench, one after the other, and one table of all figures beside their aims.
import { spawnSync } from 'node:child_process';
import * as fs from 'node:fs';
import * as os from 'node:os';
import * as path from 'node:path';
import { parseArgs } from 'node:util';
import { engineNames, givenEngines, startEngines } from './engines.ts';
import { type Figure, figuresTable, missedBy, readFigures } from './figure.ts';

const HELP = `npm run bench -- [options]

Runs the benches one after the other and prints one table of all figures beside their aims. It only prints; it ends with
exit code 1 where a figure misses its aim ten times over.

  --long           the long forms: hours instead of half an hour
  --engines real   on PostgreSQL, Redis and InfluxDB too, started here where they are installed. Without it they are used
                   where DATABASE_URL, REDIS_URL, LOG_REDIS_URL and INFLUX_* are given (empty ones: benches leave data)
  --only A,B       only these: NAMES
  --help
`;

type Bench = {
  name: string;
  folder: string;
  short: readonly string[];
  long: readonly string[];
  /** Runs the whole platform, so that its engines make a difference. */
  onEngines?: boolean;
  nodeOptions?: readonly string[];
};

const BENCHES: readonly Bench[] = [
  { name: 'ingest', folder: 'ingest', short: ['--rounds', '3'], long: ['--rounds', '9'], onEngines: true },
  {
    name: 'slow-disk',
    folder: 'ingest',
    short: ['--flush-ms', '10', '--rounds', '1', '--idle', '100'],
    long: ['--flush-ms', '10', '--rounds', '3', '--idle', '100'],
  },
  { name: 'scale', folder: 'scale', short: ['--seconds', '30'], long: ['--seconds', '120'] },
  { name: 'fleet', folder: 'fleet', short: ['--minutes', '3'], long: ['--minutes', '15'], onEngines: true },
  { name: 'soak', folder: 'soak', short: ['--minutes', '3'], long: ['--minutes', '30'], onEngines: true },
  { name: 'storm', folder: 'storm', short: ['--appliances', '3000', '--seconds', '20'], long: [] },
  { name: 'history', folder: 'history', short: ['--appliances', '2000', '--hours', '6'], long: [] },
  { name: 'influx', folder: 'influx', short: [], long: ['--rounds', '9'], nodeOptions: ['--expose-gc'] },
  {
    name: 'diagnosis',
    folder: 'diagnosis',
    short: ['--count', '3', '--healthy', '12', '--no-leave-out'],
    long: ['--full'],
    nodeOptions: ['--expose-gc'],
  },
  { name: 'backtest', folder: 'backtest', short: ['--appliances', '4', '--days', '20'], long: [] },
  { name: 'node-red', folder: 'node-red', short: [], long: ['--seconds', '120'] },
];

const FAILS_AT_TIMES = 10;

const { values } = parseArgs({
  options: {
    long: { type: 'boolean', default: false },
    engines: { type: 'string', default: 'given' },
    only: { type: 'string' },
    help: { type: 'boolean', default: false },
  },
});

/** Without a figure it counts as missed. */
const unfinished = (what: string): Figure => ({
  what: `${what} did not end well`,
  unit: '',
  value: Number.NaN,
  digits: 0,
  aim: { atMost: 0 },
});

function run(bench: Bench, engines: Record<string, string>, folder: string): Figure[] {
  const title = Object.keys(engines).length > 0 ? `${bench.name}, on real engines` : bench.name;
  process.stdout.write(`\n=== ${title}\n`);
  const file = path.join(folder, `${title}.json`);
  const entry = new URL(`./${bench.folder}/run.ts`, import.meta.url).pathname;
  const own = Object.fromEntries(Object.entries(process.env).filter(([name]) => !engineNames.includes(name)));
  const args = values.long ? bench.long : bench.short;
  const ran = spawnSync(process.execPath, [...(bench.nodeOptions ?? []), entry, ...args, '--figures', file], {
    env: { ...own, ...engines },
    stdio: 'inherit',
  });
  const figures = readFigures(file).map((figure) => ({ ...figure, what: `${title}: ${figure.what.trim()}` }));
  return ran.status === 0 ? figures : [...figures, unfinished(title)];
}

async function all(): Promise<void> {
  await using stack = new AsyncDisposableStack();
  const chosen = values.only?.split(',') ?? BENCHES.map(({ name }) => name);
  const engines = values.engines === 'real' ? await startEngines(stack) : givenEngines();
  const folder = fs.mkdtempSync(path.join(os.tmpdir(), 'stethos-benches-'));
  stack.defer(() => fs.rmSync(folder, { recursive: true, force: true }));
  const figures: Figure[] = [];
  for (const bench of BENCHES.filter(({ name }) => chosen.includes(name))) {
    figures.push(...run(bench, {}, folder));
    if (bench.onEngines && Object.keys(engines).length > 0) figures.push(...run(bench, engines, folder));
  }
  console.log(`\nAll figures, ${new Date().toISOString().slice(0, 16).replace('T', ' ')} UTC\n`);
  console.log(figuresTable(figures));
  if (figures.some((figure) => missedBy(figure) >= FAILS_AT_TIMES)) process.exitCode = 1;
}

if (values.help) process.stdout.write(HELP.replace('NAMES', BENCHES.map(({ name }) => name).join(', ')));
else await all();
