// `household`: the three refrigerators of the demo, on appliances of your own.
import { parseArgs } from 'node:util';
import { startDevice } from '../device.ts';
import { demoHousehold } from '../household.ts';
import { UsageError } from '../usage-error.ts';
import {
  CLOCK_HELP,
  type CommandContext,
  clockOf,
  clockOptions,
  connectionOf,
  DEFAULT_URL,
  readCredentials,
  writeTruth,
} from './options.ts';
import { telling, untilOver } from './telling.ts';

export const HOUSEHOLD_HELP = `npm run sim -- household --credentials FILE [options]
Three refrigerators with a day of buffered past: one healthy, one that has not been cooling for five hours and has no
door sensor, one whose door has stood open for 20 minutes and is closed after six more.

  --credentials FILE three appliances made by "npm run appliance -- add --count 3 --out FILE"; in this order:
                     ${demoHousehold()
                       .map(({ name, model }) => `${name.en} (${model})`)
                       .join(', ')}
  --url URL          where the platform listens (${DEFAULT_URL})
${CLOCK_HELP}
  --truth FILE       write what is really wrong as JSON lines
  --quiet            do not print readings
`;

const OPTIONS = {
  url: { type: 'string' },
  credentials: { type: 'string' },
  truth: { type: 'string' },
  quiet: { type: 'boolean' },
  ...clockOptions,
} as const;

export async function household(args: readonly string[], context: CommandContext): Promise<void> {
  const { values } = parseArgs({ args: [...args], options: OPTIONS });
  const credentials = await readCredentials(values.credentials);
  const clock = clockOf(values);
  const appliances = demoHousehold();
  if (credentials.length < appliances.length) {
    throw new UsageError(
      `the household has ${appliances.length} appliances and the file ${credentials.length}`,
      `Make the file with "npm run appliance -- add --count ${appliances.length} --out FILE".`,
    );
  }
  const failed = Promise.withResolvers<never>();
  const devices = appliances.map(({ name, ...appliance }, i) =>
    startDevice({
      ...connectionOf(values.url, credentials[i]!),
      ...clock,
      ...appliance,
      on: telling({
        name: name.en,
        say: context.say,
        readings: !values.quiet,
        refused: failed.reject,
        now: clock.now,
      }),
    }),
  );
  await writeTruth(
    values.truth,
    devices.flatMap((device) => device.truth),
  );
  await untilOver(devices, context, failed.promise);
}
