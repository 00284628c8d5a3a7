// What the commands for backup, restore and move share.
import { type Logger, messageOf, PlatformError } from '#runtime';

/** Warnings and errors go to the terminal; the rest is said by the command. */
export const terminalLogger: Logger = {
  info() {},
  warn: (fields, message) => console.error(`warning: ${message}`, fields),
  error: (fields, message) => console.error(`error: ${message}`, fields),
};

export function needed(value: string | undefined, option: string): string {
  if (value !== undefined && value !== '') return value;
  throw new PlatformError('bad-arguments', 'reject', `${option} is missing.`, { hint: 'See --help.' });
}

/** Ends the process with 1 and what to do when `main` throws. */
export function runCommand(main: () => Promise<void>): void {
  main().catch((error: unknown) => {
    console.error(messageOf(error));
    if (error instanceof PlatformError && error.hint) console.error(error.hint);
    process.exitCode = 1;
  });
}
