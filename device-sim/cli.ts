// `npm run sim -- COMMAND`: simulated appliances from the command line.
import { FLEET_HELP, fleet } from './commands/fleet.ts';
import { FRIDGE_HELP, fridge } from './commands/fridge.ts';
import { HOUSEHOLD_HELP, household } from './commands/household.ts';
import type { CommandContext } from './commands/options.ts';
import { REPLAY_HELP, replay } from './commands/replay.ts';
import { UsageError } from './usage-error.ts';

type Command = { run(args: readonly string[], context: CommandContext): Promise<void>; help: string; about: string };

const COMMANDS: Record<string, Command> = {
  fridge: { run: fridge, help: FRIDGE_HELP, about: 'one refrigerator, healthy or with a fault' },
  household: { run: household, help: HOUSEHOLD_HELP, about: 'the three refrigerators of the demo' },
  fleet: { run: fleet, help: FLEET_HELP, about: 'many refrigerators, no two alike' },
  replay: { run: replay, help: REPLAY_HELP, about: 'a recording from a CSV file, published as an appliance' },
};

const HELP = `npm run sim -- COMMAND [options]
Simulated appliances that publish over MQTT.

${Object.entries(COMMANDS)
  .map(([name, { about }]) => `  ${name.padEnd(12)}${about}`)
  .join('\n')}

npm run sim -- COMMAND --help says more.
`;

function explain(error: unknown, name: string): string {
  if (error instanceof UsageError) return `${error.message}\n${error.hint}`;
  const code = (error as { code?: unknown }).code;
  if (typeof code === 'string' && code.startsWith('ERR_PARSE_ARGS')) {
    return `${(error as Error).message}\nnpm run sim -- ${name} --help says what there is.`;
  }
  return error instanceof Error ? (error.stack ?? error.message) : String(error);
}

async function main(args: readonly string[]): Promise<number> {
  const [name, ...rest] = args;
  if (name === undefined || name === '--help' || name === '-h' || name === 'help') {
    process.stdout.write(HELP);
    return name === undefined ? 2 : 0;
  }
  const command = Object.hasOwn(COMMANDS, name) ? COMMANDS[name] : undefined;
  if (!command) {
    process.stderr.write(`There is no command "${name}".\n\n${HELP}`);
    return 2;
  }
  if (rest.includes('--help') || rest.includes('-h')) {
    process.stdout.write(command.help);
    return 0;
  }
  const stop = new AbortController();
  for (const signal of ['SIGINT', 'SIGTERM'] as const) process.once(signal, () => stop.abort());
  try {
    await command.run(rest, {
      say: (line) => process.stdout.write(`${line}\n`),
      environment: process.env,
      stop: stop.signal,
    });
    return 0;
  } catch (error) {
    process.stderr.write(`${explain(error, name)}\n`);
    return error instanceof UsageError ? 2 : 1;
  }
}

process.exitCode = await main(process.argv.slice(2));
