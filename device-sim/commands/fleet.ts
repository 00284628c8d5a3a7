// `fleet`: many refrigerators, drawn at random.
import { setTimeout } from 'node:timers/promises';
import { parseArgs } from 'node:util';
import { type Device, startDevice } from '../device.ts';
import { drawFleet, type FleetMember } from '../fleet.ts';
import { HOUR, parseDuration } from '../time.ts';
import { UsageError } from '../usage-error.ts';
import {
  CLOCK_HELP,
  type CommandContext,
  type Credential,
  clockOf,
  clockOptions,
  connectionOf,
  DEFAULT_URL,
  numberOf,
  readCredentials,
  writeTruth,
} from './options.ts';
import { telling, untilOver } from './telling.ts';

export const FLEET_HELP = `npm run sim -- fleet --credentials FILE [options]
Many refrigerators, no two alike, some of them with faults.

  --credentials FILE their ids and secrets, made by "npm run appliance -- add --count N --out FILE"
  --count N          use the first N of the file (all)
  --url URL          where the platform listens (${DEFAULT_URL})
  --past 6h          first publish this much buffered past
  --days 30          things happen within this time from the start of the past (30)
  --fault-share 0.3  share of them that gets a fault (0.3)
  --seed N           another number, another fleet (1)
${CLOCK_HELP}
  --truth FILE       write what is really wrong as JSON lines
`;

const OPTIONS = {
  url: { type: 'string' },
  credentials: { type: 'string' },
  count: { type: 'string' },
  past: { type: 'string' },
  days: { type: 'string' },
  'fault-share': { type: 'string' },
  seed: { type: 'string' },
  truth: { type: 'string' },
  ...clockOptions,
} as const;

// A broker that is met by a whole fleet in one instant is not what this command is for.
const BETWEEN_CONNECTS_MS = 10;
const NAMED_EVENTS_UP_TO = 20;

export async function fleet(args: readonly string[], context: CommandContext): Promise<void> {
  const { values } = parseArgs({ args: [...args], options: OPTIONS });
  const credentials = await readCredentials(values.credentials);
  const clock = clockOf(values);
  const count = values.count === undefined ? credentials.length : numberOf(values.count, '--count', 1);
  if (count > credentials.length) {
    throw new UsageError(
      `--count ${count}, and ${values.credentials} holds ${credentials.length} appliances`,
      `Make more with "npm run appliance -- add --count ${count} --out FILE".`,
    );
  }
  const pastHours = parseDuration(values.past ?? '0s', '--past') / HOUR;
  const members = drawFleet({
    count,
    seed: numberOf(values.seed ?? '1', '--seed'),
    days: numberOf(values.days ?? '30', '--days', 0.01),
    faultShare: numberOf(values['fault-share'] ?? '0.3', '--fault-share', 0, 1),
  });
  const failed = Promise.withResolvers<never>();
  const storyStart = clock.now();
  const start = (member: FleetMember, credential: Credential, i: number): Device =>
    startDevice({
      ...connectionOf(values.url, credential),
      ...clock,
      ...member,
      episodes: member.episodes.map((episode) => ({ ...episode, fromMs: episode.fromMs - pastHours * HOUR })),
      pastHours,
      storyStart,
      on: telling({
        name: `fridge ${i + 1}`,
        say: count <= NAMED_EVENTS_UP_TO ? context.say : () => {},
        readings: false,
        refused: failed.reject,
        now: clock.now,
      }),
    });
  const devices: Device[] = [];
  for (const [i, member] of members.entries()) {
    if (context.stop.aborted) break;
    devices.push(start(member, credentials[i]!, i));
    await setTimeout(BETWEEN_CONNECTS_MS);
  }
  context.say(`${devices.length} refrigerators are running`);
  await writeTruth(
    values.truth,
    devices.flatMap((device) => device.truth),
  );
  await untilOver(devices, context, failed.promise);
}
