// What appliances answered, from the log into the rows. The same answer again changes nothing.
import { CommandResult, CommandResultBody, Id } from '#contracts';
import { next, type Sql } from '#runtime';
import { type CommandRecord, lockCommands, moveCommand } from './command-record.ts';
import { COMMAND_LIFE, EVENT_OF } from './life-cycle.ts';

/** A `command-result` record: `at` is its time of receipt, epoch ms. */
export type CommandAnswer = { position: number; appliance: Id; at: number; body: Uint8Array };
/** Kept with its reason; `payload` is as the appliance sent it. */
export type RefusedAnswer = { position: number; reason: string; payload: Uint8Array };

type Read = { answer: CommandAnswer; command: Id; payload: Buffer; result: CommandResult | string };

/** Takes them all in one transaction. Returns those that answer nothing that was asked, each with its reason. */
export async function takeCommandAnswers(sql: Sql, answers: readonly CommandAnswer[]): Promise<RefusedAnswer[]> {
  if (answers.length === 0) return [];
  const read = answers.map(readAnswer);
  return sql.transaction(async (tx) => {
    const named = read.map(({ command }) => command).filter((command) => Id.safeParse(command).success);
    const rows = await lockCommands(tx, named);
    const known = new Map(rows.map((row) => [row.id, row]));
    const refused: RefusedAnswer[] = [];
    for (const one of read) {
      const reason = await take(tx, known, one);
      if (reason !== null) refused.push({ position: one.answer.position, reason, payload: one.payload });
    }
    return refused;
  });
}

function readAnswer(answer: CommandAnswer): Read {
  const { command, payload } = CommandResultBody.parse(JSON.parse(Buffer.from(answer.body).toString('utf8')));
  const bytes = Buffer.from(payload, 'base64');
  return { answer, command, payload: bytes, result: resultOf(bytes) };
}

const EXAMPLE = '{"outcome":"done"}';

function resultOf(bytes: Buffer): CommandResult | string {
  let json: unknown;
  try {
    json = JSON.parse(bytes.toString('utf8'));
  } catch {
    return `The result is not JSON. Send JSON like ${EXAMPLE}`;
  }
  const parsed = CommandResult.safeParse(json);
  if (parsed.success) return parsed.data;
  const problems = parsed.error.issues.map(({ path, message }) => `${path.join('.')}: ${message}`).slice(0, 5);
  return `The result has the wrong shape (${problems.join('; ')}). Send JSON like ${EXAMPLE}`;
}

/** Null when it was taken, now or before; else why not. */
async function take(tx: Sql, known: Map<Id, CommandRecord>, { answer, command, result }: Read): Promise<string | null> {
  const row = known.get(command);
  if (row?.appliance !== answer.appliance) return 'There is no such command for this appliance.';
  if (typeof result === 'string') return result;
  if (row.result !== null) return null;
  const event = EVENT_OF[result.outcome];
  if (next(COMMAND_LIFE, row.state, event) === null) return `This command was never sent: it is ${row.state}.`;
  const fields = { answeredAt: answer.at, result };
  known.set(command, await moveCommand(tx, row, { event, by: 'platform', now: answer.at, fields }));
  return null;
}
