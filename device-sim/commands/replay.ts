// `replay`: a recording published as an appliance.
import { parseArgs } from 'node:util';
import { readRecording } from '../recording.ts';
import { type Placement, place, replay as startReplay } from '../replay.ts';
import { UsageError } from '../usage-error.ts';
import {
  CLOCK_HELP,
  type CommandContext,
  clockOf,
  clockOptions,
  connectionOf,
  credentialOf,
  DEFAULT_URL,
  readText,
  timeOf,
  writeTruth,
} from './options.ts';
import { telling, untilOver } from './telling.ts';

export const REPLAY_HELP = `npm run sim -- replay FILE.csv --id ID --secret SECRET [options]
A recording is published as the readings of an appliance, then the command ends. Its stamps are moved so that the last
reading is now; readings that then lie in the past go out at once, in batches, later ones when their time comes.

  --url URL          where the platform listens (${DEFAULT_URL})
  --id ID            the appliance, as "npm run appliance -- add" printed it (or APPLIANCE_ID)
  --secret SECRET    its secret (or APPLIANCE_SECRET)
  --signal power     the signal of the value column, when there is only one
  --map col=signal   column to signal, may be given several times; col=signal*1000 also changes the unit
  --time COLUMN      the column of times (found by its name: time, timestamp, ctime, at, ...)
  --start TIME       the first reading lies at this time (ISO 8601, or "now" to play it live)
  --keep-time        do not move the stamps
${CLOCK_HELP}
  --truth FILE       write what a label column marks as JSON lines
`;

const OPTIONS = {
  url: { type: 'string' },
  id: { type: 'string' },
  secret: { type: 'string' },
  signal: { type: 'string' },
  map: { type: 'string', multiple: true },
  time: { type: 'string' },
  start: { type: 'string' },
  'keep-time': { type: 'boolean' },
  truth: { type: 'string' },
  ...clockOptions,
} as const;

type Values = ReturnType<typeof parseArgs<{ options: typeof OPTIONS; allowPositionals: true }>>['values'];

function placementOf(values: Values, now: number): Placement {
  if (values.start !== undefined && values['keep-time']) {
    throw new UsageError('--start and --keep-time contradict each other', 'Give one of them.');
  }
  if (values['keep-time']) return 'as recorded';
  if (values.start === undefined) return { ends: 'now' };
  return { starts: values.start === 'now' ? now : timeOf(values.start, '--start') };
}

export async function replay(args: readonly string[], context: CommandContext): Promise<void> {
  const { values, positionals } = parseArgs({ args: [...args], options: OPTIONS, allowPositionals: true });
  const [file, ...more] = positionals;
  if (file === undefined || more.length > 0) {
    throw new UsageError('replay needs one CSV file', 'npm run sim -- replay FILE.csv --id ID --secret SECRET');
  }
  const credential = credentialOf(values, context.environment);
  const clock = clockOf(values);
  const recorded = readRecording(await readText(file), {
    ...(values.map ? { map: values.map } : {}),
    ...(values.signal === undefined ? {} : { signal: values.signal }),
    ...(values.time === undefined ? {} : { timeColumn: values.time }),
  });
  const recording = place(recorded, placementOf(values, clock.now()), clock.now());
  tell(recording, context);
  const failed = Promise.withResolvers<never>();
  await using device = startReplay({
    ...connectionOf(values.url, credential),
    ...clock,
    recording,
    on: telling({ name: 'replay', say: context.say, readings: false, refused: failed.reject, now: clock.now }),
  });
  await writeTruth(values.truth, device.truth);
  await untilOver([device], context, failed.promise);
}

function tell({ samples, mapping, skipped }: ReturnType<typeof readRecording>, { say }: CommandContext): void {
  const [first, last] = [samples[0]!, samples.at(-1)!].map(({ at }) => new Date(at).toISOString());
  say(`${samples.length} readings from ${first} to ${last}`);
  say(`columns: ${mapping.map(({ column, signal }) => `${column} -> ${signal}`).join(', ')}`);
  if (skipped.count > 0)
    say(`${skipped.count} rows without time or number left out, the first in line ${skipped.firstLine}`);
}
