// `fridge`: one simulated refrigerator.
import { parseArgs } from 'node:util';
import { startDevice } from '../device.ts';
import { DEFAULT_HABITS, drawHabits, type Habits } from '../habits.ts';
import type { Imperfections } from '../imperfections.ts';
import { MANNERS, type Manner } from '../obedience.ts';
import { drawParameters } from '../parameters.ts';
import { randomOf } from '../random.ts';
import { EPISODES, type Episode } from '../scenario.ts';
import { HOUR, parseDuration, SECOND } from '../time.ts';
import { UsageError } from '../usage-error.ts';
import {
  CLOCK_HELP,
  type CommandContext,
  clockOf,
  clockOptions,
  connectionOf,
  credentialOf,
  DEFAULT_URL,
  episodeOf,
  numberOf,
  writeTruth,
} from './options.ts';
import { telling, untilOver } from './telling.ts';

const episodeLines = Object.entries(EPISODES)
  .map(([name, { about, kind }]) => `  ${name.padEnd(20)}${kind === 'habit' ? '(no fault) ' : ''}${about}`)
  .join('\n');

export const FRIDGE_HELP = `npm run sim -- fridge --id ID --secret SECRET [options]
One simulated refrigerator publishes a reading a minute, until Ctrl-C.

  --url URL          where the platform listens (${DEFAULT_URL})
  --id ID            the appliance, as "npm run appliance -- add" printed it (or APPLIANCE_ID)
  --secret SECRET    its secret (or APPLIANCE_SECRET)
  --past 6h          first publish this much buffered past
  --for 2h           stop by itself after this time
  --fault NAME       what happens; may be given several times. NAME@10m begins in ten minutes, NAME@-5h has been
                     going on for five hours, NAME@10m+45m lasts 45 minutes
  --fault-in 10m     begin of faults that do not say it      --fault-ago 5h   began this long ago
  --fault-for 45m    how long they last                      --fault-grow 2d  time to full strength
  --fault-strength N 0 to 1
  --seed N           another number, another life (1)        --drawn          a unit and a household drawn by the seed
  --ambient 30       °C of the room, the year's mean         --openings 30    door openings a day
  --no-door-sensor   the door is not reported                --signals a,b    report only these
  --cadence 60s      time between readings
  --commands obeys   how it takes commands: ${MANNERS.join(', ')}
  --loss 0.05        share of messages lost                  --duplicates 0.05   sent twice
  --delays 0.1       share that arrives late                 --skew 5m           its clock is ahead
${CLOCK_HELP}
  --truth FILE       write what is really wrong as JSON lines
  --quiet            do not print readings

What can happen:
${episodeLines}
`;

const OPTIONS = {
  url: { type: 'string' },
  id: { type: 'string' },
  secret: { type: 'string' },
  past: { type: 'string' },
  for: { type: 'string' },
  fault: { type: 'string', multiple: true },
  'fault-in': { type: 'string' },
  'fault-ago': { type: 'string' },
  'fault-for': { type: 'string' },
  'fault-grow': { type: 'string' },
  'fault-strength': { type: 'string' },
  seed: { type: 'string' },
  drawn: { type: 'boolean' },
  ambient: { type: 'string' },
  openings: { type: 'string' },
  'no-door-sensor': { type: 'boolean' },
  signals: { type: 'string' },
  cadence: { type: 'string' },
  commands: { type: 'string' },
  loss: { type: 'string' },
  duplicates: { type: 'string' },
  delays: { type: 'string' },
  skew: { type: 'string' },
  truth: { type: 'string' },
  quiet: { type: 'boolean' },
  ...clockOptions,
} as const;

type Values = ReturnType<typeof parseArgs<{ options: typeof OPTIONS }>>['values'];

function episodesOf(values: Values): Episode[] {
  const duration = (name: 'fault-in' | 'fault-ago' | 'fault-for' | 'fault-grow') =>
    values[name] === undefined ? undefined : parseDuration(values[name], `--${name}`);
  const [lastsMs, growMs] = [duration('fault-for'), duration('fault-grow')];
  const strength = values['fault-strength'];
  const defaults = {
    fromMs: duration('fault-in') ?? -(duration('fault-ago') ?? 0),
    ...(lastsMs === undefined ? {} : { lastsMs }),
    ...(growMs === undefined ? {} : { growMs }),
    ...(strength === undefined ? {} : { strength: numberOf(strength, '--fault-strength', 0, 1) }),
  };
  return (values.fault ?? []).map((text) => episodeOf(text, defaults));
}

function habitsOf(values: Values, seed: number): Habits {
  const habits = values.drawn ? drawHabits(seed) : { ...DEFAULT_HABITS };
  if (values.ambient !== undefined) habits.ambient = numberOf(values.ambient, '--ambient', -20, 60);
  if (values.openings !== undefined) habits.openingsPerDay = numberOf(values.openings, '--openings', 0, 500);
  return habits;
}

function imperfectionsOf(values: Values): Imperfections {
  const share = (name: 'loss' | 'duplicates' | 'delays') =>
    values[name] === undefined ? 0 : numberOf(values[name], `--${name}`, 0, 1);
  return {
    lossShare: share('loss'),
    duplicateShare: share('duplicates'),
    delayShare: share('delays'),
    skewMs: values.skew === undefined ? 0 : parseDuration(values.skew, '--skew'),
  };
}

const ALL_BUT_DOOR = [
  'cabinet_temperature',
  'freezer_temperature',
  'evaporator_temperature',
  'ambient_temperature',
].concat(['set_point', 'power', 'compressor_on', 'fan_speed', 'defrost_on', 'energy', 'signal_strength']);

function signalsOf(values: Values): { signals?: string[] } {
  const signals = values.signals?.split(',').map((name) => name.trim());
  if (values['no-door-sensor']) return { signals: (signals ?? ALL_BUT_DOOR).filter((name) => name !== 'door_open') };
  return signals ? { signals } : {};
}

function mannerOf(text = 'obeys'): Manner {
  const manner = MANNERS.find((one) => one === text);
  if (manner) return manner;
  throw new UsageError(`--commands ${text} is not known`, `Known are: ${MANNERS.join(', ')}.`);
}

export async function fridge(args: readonly string[], context: CommandContext): Promise<void> {
  const { values } = parseArgs({ args: [...args], options: OPTIONS });
  const credential = credentialOf(values, context.environment);
  const clock = clockOf(values);
  const seed = numberOf(values.seed ?? '1', '--seed');
  const start = clock.now();
  const failed = Promise.withResolvers<never>();
  await using device = startDevice({
    ...connectionOf(values.url, credential),
    ...clock,
    seed,
    ...(values.drawn ? { parameters: drawParameters(randomOf(seed, 'parameters')) } : {}),
    habits: habitsOf(values, seed),
    episodes: episodesOf(values),
    ...signalsOf(values),
    manner: mannerOf(values.commands),
    cadenceSeconds: parseDuration(values.cadence ?? '60s', '--cadence') / SECOND,
    pastHours: parseDuration(values.past ?? '0s', '--past') / HOUR,
    storyStart: start,
    ...(values.for === undefined ? {} : { until: start + parseDuration(values.for, '--for') }),
    imperfections: imperfectionsOf(values),
    on: telling({ name: 'fridge', say: context.say, readings: !values.quiet, refused: failed.reject, now: clock.now }),
  });
  await writeTruth(values.truth, device.truth);
  await untilOver([device], context, failed.promise);
}
