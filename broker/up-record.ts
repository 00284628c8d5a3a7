// What was said, as a record of the log.
import type { CommandResultBody, Id, LogRecord } from '#contracts';

type Said = { appliance: Id; channel: string; model: string; command?: Id };

/** An answer to a command is a record of its own kind, which names the command; everything else is a message, as it came. */
export function upRecord({ appliance, channel, model, command }: Said, at: number, body: Buffer): LogRecord {
  if (command === undefined) return { kind: 'message', at, appliance, channel, model, body };
  const answer: CommandResultBody = { command, payload: body.toString('base64') };
  return { kind: 'command-result', at, appliance, channel, model, body: Buffer.from(JSON.stringify(answer)) };
}
