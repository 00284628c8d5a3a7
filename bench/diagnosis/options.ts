// The command line of the bench.
import { parseArgs } from 'node:util';
import { CODES, type Code } from './faults.ts';

export type BenchOptions = {
  /** One life told change by change. */
  life: Code | 'healthy' | null;
  seed: number;
  /** Of the one life that is told. */
  signals: 'full' | 'drawn';
  sealed: boolean;
  faults: readonly Code[];
  /** Lives of each fault, and healthy ones. */
  count: number;
  healthy: number;
  days: number;
  healthyDays: number;
  leaveOut: boolean;
  speed: boolean;
  jobs: number;
  write: boolean;
  recordings: string | null;
  json: string | null;
  figures: string | null;
  /** Lives that were judged before: only the tables are made. */
  from: string | null;
};

const HELP = `npm run bench:diagnosis -- [options]

Judges simulated refrigerators with the rules that ship, by the evaluator that the platform runs, and prints what was
found, when, and what was said to be the cause. Without options: a small fleet, in minutes.

  --full             300 healthy appliance-years with look-alikes, and 40 lives of every fault
  --sealed           the seeds that are kept for the last run; each use is written to docs/diagnosis-quality-sealed-uses.md
  --faults F3,F8     only these faults, and no healthy lives
  --count N          lives of each fault (6; 40 with --full)
  --healthy N        healthy lives (24; 400 with --full)
  --days N           days of a life with a fault (90)
  --healthy-days N   days of a healthy life (60; 274 with --full)
  --seed N           first seed (1)
  --no-leave-out     do not judge again with each cause taken out of the catalogue
  --no-speed         do not measure speed and memory
  --jobs N           threads that judge (2)
  --life CODE        one life told change by change: F1 to F12, X1, X2 or healthy; with --seed and --days
  --drawn            with --life: the signals that were drawn for it, not all
  --recordings DIR   recorded appliances, unpacked (STETHOS_RECORDINGS)
  --write            write the tables to docs/diagnosis-quality.md
  --json FILE        every judged life, as JSON lines
  --figures FILE     write the figures for the table of all benches
  --from FILE        no judging: the tables of such a file
  --help
`;

/** Seeds from here on are for the last run. Tuning stays below. */
export const SEALED_FROM = 900_000_000;

function numberIn(option: string, text: string | undefined, fallback: number, least: number, most: number): number {
  const value = text === undefined ? fallback : Number(text);
  if (Number.isInteger(value) && value >= least && value <= most) return value;
  throw new Error(`${option} is a whole number from ${least} to ${most}, not "${text}".`);
}

function codesIn(text: string | undefined): readonly Code[] | null {
  if (text === undefined) return null;
  return text.split(',').map((name) => {
    const code = CODES.find((known) => known.toLowerCase() === name.trim().toLowerCase());
    if (!code) throw new Error(`--faults knows ${CODES.join(', ')}, not "${name}".`);
    return code;
  });
}

/** Null when only help was asked for. */
export function readOptions(args: readonly string[]): BenchOptions | null {
  const { values } = parseArgs({
    args: [...args],
    allowNegative: true,
    options: {
      full: { type: 'boolean', default: false },
      sealed: { type: 'boolean', default: false },
      faults: { type: 'string' },
      count: { type: 'string' },
      healthy: { type: 'string' },
      days: { type: 'string' },
      'healthy-days': { type: 'string' },
      seed: { type: 'string' },
      'leave-out': { type: 'boolean', default: true },
      speed: { type: 'boolean', default: true },
      jobs: { type: 'string' },
      life: { type: 'string' },
      drawn: { type: 'boolean', default: false },
      recordings: { type: 'string' },
      write: { type: 'boolean', default: false },
      json: { type: 'string' },
      figures: { type: 'string' },
      from: { type: 'string' },
      help: { type: 'boolean', default: false },
    },
  });
  if (values.help) {
    process.stdout.write(HELP);
    return null;
  }
  const faults = codesIn(values.faults);
  const seed = numberIn('--seed', values.seed, 1, 0, SEALED_FROM - 1);
  return {
    life: values.life === undefined ? null : values.life === 'healthy' ? 'healthy' : codesIn(values.life)![0]!,
    seed: values.sealed ? SEALED_FROM : seed,
    signals: values.drawn ? 'drawn' : 'full',
    sealed: values.sealed,
    faults: faults ?? CODES,
    count: numberIn('--count', values.count, values.full ? 40 : 6, 0, 10_000),
    healthy: numberIn('--healthy', values.healthy, faults ? 0 : values.full ? 400 : 24, 0, 100_000),
    days: numberIn('--days', values.days, 90, 1, 3_650),
    healthyDays: numberIn('--healthy-days', values['healthy-days'], values.full ? 274 : 60, 1, 3_650),
    leaveOut: values['leave-out'],
    speed: values.speed,
    jobs: numberIn('--jobs', values.jobs, 2, 1, 64),
    write: values.write,
    recordings: values.recordings ?? process.env.STETHOS_RECORDINGS ?? null,
    json: values.json ?? null,
    figures: values.figures ?? null,
    from: values.from ?? null,
  };
}
