// `npm run bench:diagnosis`: how good the diagnosis is, on refrigerators of which the truth is known.
import * as fs from 'node:fs';
import * as os from 'node:os';
import { loadCatalogue } from '#diagnosis-rules';
import { MINUTE } from '#runtime';
import { writeFigures } from '../figure.ts';
import { monotonicMs } from '../ingest/monotonic.ts';
import { judgeAll } from './crew.ts';
import { figuresOf } from './figures.ts';
import type { JudgedLife } from './judged-life.ts';
import { measure } from './measures.ts';
import { oddLives } from './odd-lives.ts';
import { type BenchOptions, readOptions } from './options.ts';
import { writePage } from './page.ts';
import { planOf } from './plan.ts';
import { judgeRecordings } from './recordings.ts';
import { type Costs, type Run, reportOf } from './report.ts';
import { commitName, noteSealedUse, sealedLine } from './sealed.ts';
import { measureMemory, measureSpeed } from './speed.ts';
import { tellStory } from './story.ts';

const livesIn = (file: string): JudgedLife[] =>
  fs
    .readFileSync(file, 'utf8')
    .split('\n')
    .filter((line) => line !== '')
    .map((line) => JSON.parse(line) as JudgedLife);

async function judgeFleets(options: BenchOptions): Promise<JudgedLife[]> {
  if (options.from !== null) return livesIn(options.from);
  const lives: JudgedLife[] = [];
  const lines = options.json === null ? null : fs.openSync(options.json, 'w');
  await judgeAll({
    specs: planOf(options),
    jobs: options.jobs,
    leaveOut: options.leaveOut,
    done: (life) => {
      lives.push(life);
      if (lines !== null) fs.writeSync(lines, `${JSON.stringify(life)}\n`);
    },
  });
  if (lines !== null) fs.closeSync(lines);
  return lives.sort((a, b) => a.seed - b.seed);
}

function costsOf(lives: readonly JudgedLife[], run: Run): Costs {
  const sum = (part: (life: JudgedLife) => number) => lives.reduce((total, life) => total + part(life), 0);
  const rules = loadCatalogue();
  return {
    speed: measureSpeed(rules),
    held: [measureMemory(rules, 2_000, 1, 5 * MINUTE), measureMemory(rules, 400, 28, 10 * MINUTE)].filter(
      (held) => held !== null,
    ),
    judgeMs: sum((life) => life.judgeMs),
    simulateMs: sum((life) => life.simulateMs),
    run,
  };
}

async function run(options: BenchOptions): Promise<void> {
  const commit = commitName();
  const date = new Date().toISOString().slice(0, 10);
  const began = monotonicMs();
  const lives = await judgeFleets(options);
  const judged = options.from === null ? { wallMs: monotonicMs() - began, jobs: options.jobs } : null;
  const quality = measure(lives);
  if (options.sealed) noteSealedUse(sealedLine(quality, options, date, commit));
  const costs = options.speed ? costsOf(lives, judged) : null;
  const report = reportOf({
    date,
    commit,
    machine: `${os.cpus()[0]?.model.trim()}, ${os.availableParallelism()} cores, Node ${process.version}`,
    options,
    quality,
    costs,
    recorded: options.recordings === null ? null : judgeRecordings(options.recordings, loadCatalogue()),
  });
  process.stdout.write(`${report}\n`);
  for (const line of oddLives(lives)) process.stdout.write(`${line}\n`);
  if (options.write) writePage(report);
  writeFigures(options.figures ?? undefined, figuresOf(quality, costs));
}

// Whoever reads has seen enough: `| head`.
process.stdout.on('error', (error: NodeJS.ErrnoException) => {
  if (error.code !== 'EPIPE') throw error;
  process.exit(0);
});

const options = readOptions(process.argv.slice(2));
if (options?.life) {
  const asked = options.life === 'healthy' ? null : options.life;
  for (const line of tellStory({
    seed: options.seed,
    asked,
    days: asked ? options.days : options.healthyDays,
    signals: options.signals,
  }))
    process.stdout.write(`${line}\n`);
} else if (options) await run(options);
