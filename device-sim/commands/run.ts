// Which command, its help, and how its failures read.

import { UsageError } from '../usage-error.ts';
import { FLEET_HELP, fleet } from './fleet.ts';
import { FRIDGE_HELP, fridge } from './fridge.ts';
import { HOUSEHOLD_HELP, household } from './household.ts';
import type { CommandContext } from './options.ts';
import { REPLAY_HELP, replay } from './replay.ts';

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

function explain(error: unknown, name: string): { text: string; code: number } {
  if (error instanceof UsageError) return { text: `${error.message}\n${error.hint}`, code: 2 };
  const code = (error as { code?: unknown }).code;
  if (typeof code === 'string' && code.startsWith('ERR_PARSE_ARGS')) {
    return { text: `${(error as Error).message}\nnpm run sim -- ${name} --help says what there is.`, code: 2 };
  }
  return { text: error instanceof Error ? (error.stack ?? error.message) : String(error), code: 1 };
}

export type Terminal = CommandContext & { complain(line: string): void };

/** Runs what was typed; the exit code: 0, 1 for a failure, 2 for a mistake of the person. */
export async function runCommand([name, ...rest]: readonly string[], terminal: Terminal): Promise<number> {
  if (name === undefined || name === '--help' || name === '-h' || name === 'help') {
    terminal.say(HELP);
    return name === undefined ? 2 : 0;
  }
  const command = Object.hasOwn(COMMANDS, name) ? COMMANDS[name] : undefined;
  if (!command) {
    terminal.complain(`There is no command "${name}".\n\n${HELP}`);
    return 2;
  }
  if (rest.includes('--help') || rest.includes('-h')) {
    terminal.say(command.help);
    return 0;
  }
  try {
    await command.run(rest, terminal);
    return 0;
  } catch (error) {
    const { text, code } = explain(error, name);
    terminal.complain(text);
    return code;
  }
}
