// The command line of the bench.
import { parseArgs } from 'node:util';

export type BenchOptions = {
  /** Length of one window at saturation. */
  seconds: number;
  rounds: number;
  publishers: number;
  inFlight: number;
  samples: number;
  idle: number;
  /** A disk that takes this much longer to flush; 0 for the disk as it is. */
  flushMs: number;
  /** Where the data lies while the bench runs; it is removed afterwards. */
  folder: string | undefined;
  /** A file to write everything to, as JSON. */
  json: string | undefined;
  /** A file for the figures that have an aim. */
  figures: string | undefined;
  /** A folder for CPU profiles of the platform's threads. */
  profile: string | undefined;
};

const HELP = `npm run bench:ingest -- [options]

Measures the whole platform under load beside plain Aedes, in turns, and prints one table.

  --seconds N      length of one window at saturation (5)
  --rounds N       how often platform and yardstick take turns (3)
  --publishers N   connections that publish (200)
  --in-flight N    messages under way per publisher, at most 64 (10)
  --samples N      alerts that are timed (200)
  --idle N         idle connections that are weighed (2000)
  --flush-ms N     simulate a disk whose flush takes N ms longer (0)
  --folder DIR     where the data lies while it runs (the system's folder for temporary files)
  --json FILE      write all figures as JSON too
  --figures FILE   write the figures for the table of all benches
  --profile DIR    leave a CPU profile of each of the platform's threads there (it costs some speed)
  --help
`;

/** Null when only help was asked for. */
export function readOptions(args: readonly string[]): BenchOptions | null {
  const { values } = parseArgs({
    args: [...args],
    options: {
      seconds: { type: 'string', default: '5' },
      rounds: { type: 'string', default: '3' },
      publishers: { type: 'string', default: '200' },
      'in-flight': { type: 'string', default: '10' },
      samples: { type: 'string', default: '200' },
      idle: { type: 'string', default: '2000' },
      'flush-ms': { type: 'string', default: '0' },
      folder: { type: 'string' },
      json: { type: 'string' },
      figures: { type: 'string' },
      profile: { type: 'string' },
      help: { type: 'boolean', default: false },
    },
  });
  if (values.help) {
    process.stdout.write(HELP);
    return null;
  }
  return {
    seconds: numberIn('--seconds', values.seconds, 1, 600),
    rounds: numberIn('--rounds', values.rounds, 1, 50),
    publishers: numberIn('--publishers', values.publishers, 1, 5000),
    inFlight: numberIn('--in-flight', values['in-flight'], 1, 64),
    samples: numberIn('--samples', values.samples, 1, 5000),
    idle: numberIn('--idle', values.idle, 1, 15_000),
    flushMs: numberIn('--flush-ms', values['flush-ms'], 0, 1000),
    folder: values.folder,
    json: values.json,
    figures: values.figures,
    profile: values.profile,
  };
}

function numberIn(option: string, text: string, least: number, most: number): number {
  const value = Number(text);
  if (Number.isFinite(value) && value >= least && value <= most) return value;
  throw new Error(`${option} is a number from ${least} to ${most}, not "${text}".`);
}
