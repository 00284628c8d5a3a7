// Asking something of an appliance: only what its model allows, within its bounds, and only with an owner's yes where it is hazardous.
import { type CommandParameters, type Id, type ModelCommand, newId } from '#contracts';
import { DAY, MINUTE, PlatformError, type Sql } from '#runtime';
import type { Actor } from '../access/audit.ts';
import { loadModels } from '../appliances/models.ts';
import { mailPerson } from '../people/mail-person.ts';
import { type CommandRecord, lockCommands, moveCommand, noteCommand, standsAt } from './command-record.ts';
import { confirmationAsked } from './command-words.ts';
import { announceCommand } from './deliver-commands.ts';

/** So long a hazardous command waits for an owner's yes. */
const CONFIRM_WITHIN_MS = DAY;
const MOST_OPEN = 20;

type Ask = {
  appliance: Id;
  kind: string;
  parameters: CommandParameters;
  askedBy: Id;
  by: Actor;
  now: number;
};

/** What may be asked of an appliance of this model. Throws `unknown-command`. */
export function commandOf(model: string, kind: string): ModelCommand {
  const commands = loadModels().get(model)?.commands ?? [];
  const found = commands.find((command) => command.kind === kind);
  if (found) return found;
  throw new PlatformError('unknown-command', 'reject', `This appliance knows no command "${kind}".`, {
    hint:
      commands.length === 0 ? 'It takes no commands at all.' : `It knows: ${commands.map((c) => c.kind).join(', ')}.`,
  });
}

/** Throws `wrong-parameters`: every parameter is needed, within its bounds, and no other is taken. */
export function checkParameters(command: ModelCommand, given: CommandParameters): void {
  const problems = [
    ...Object.keys(given)
      .filter((name) => !Object.hasOwn(command.parameters, name))
      .map((name) => `"${name.slice(0, 40)}" is no parameter of it`),
    ...Object.keys(command.parameters).flatMap((name) => problemOf(command, name, given) ?? []),
  ];
  if (problems.length === 0) return;
  throw new PlatformError('wrong-parameters', 'reject', `This command cannot be sent so: ${problems.join('; ')}.`, {
    hint: 'GET /api/v1/models says what each command takes.',
  });
}

function problemOf(command: ModelCommand, name: string, given: CommandParameters): string | null {
  const parameter = command.parameters[name]!;
  const value = Object.hasOwn(given, name) ? given[name] : undefined;
  if (value === undefined) return `${name} is missing`;
  if (parameter.type === 'choice') {
    const choices = parameter.choices.map((choice) => choice.value);
    return choices.some((choice) => choice === value) ? null : `${name} is one of ${choices.join(', ')}`;
  }
  const { min, max, step } = parameter;
  if (typeof value !== 'number' || value < min || value > max) return `${name} is a number from ${min} to ${max}`;
  const steps = (value - min) / step;
  return Math.abs(steps - Math.round(steps)) < 1e-9 ? null : `${name} goes in steps of ${step}`;
}

/** Throws `not-found`, `unknown-command`, `wrong-parameters`, `no-household` and `too-many-commands`. */
export async function askCommand(sql: Sql, ask: Ask): Promise<CommandRecord> {
  return sql.transaction(async (tx) => {
    const [unit] = await tx.query<{ model: string; household: Id | null }>(
      'select model, household from app.appliance where id = $1 for no key update',
      [ask.appliance],
    );
    if (!unit) throw new PlatformError('not-found', 'reject', 'There is no such thing here.');
    const command = commandOf(unit.model, ask.kind);
    checkParameters(command, ask.parameters);
    await mustHaveRoom(tx, ask);
    if (command.hazardous && unit.household === null) {
      throw new PlatformError('no-household', 'reject', 'Nobody can say yes: the appliance belongs to no household.');
    }
    const row = await insert(tx, ask, unit, command);
    await noteCommand(tx, row, { action: 'asked', by: ask.by, now: ask.now });
    if (row.state === 'queued') await announceCommand(tx, row.appliance);
    else await askOwners(tx, row, command);
    return row;
  });
}

async function mustHaveRoom(tx: Sql, { appliance, now }: Ask): Promise<void> {
  const [row] = await tx.query<{ count: number }>(
    `select count(*)::int as count from app.command
      where appliance = $1 and state in ('unconfirmed', 'queued', 'sent') and expires_at > $2`,
    [appliance, now],
  );
  if ((row?.count ?? 0) < MOST_OPEN) return;
  throw new PlatformError('too-many-commands', 'reject', `${MOST_OPEN} commands wait for this appliance already.`, {
    hint: 'Wait for their answers, or cancel those that are not needed any more.',
  });
}

async function insert(
  tx: Sql,
  ask: Ask,
  unit: { model: string; household: Id | null },
  { hazardous, goodForMinutes }: ModelCommand,
): Promise<CommandRecord> {
  const row: CommandRecord = {
    id: newId(),
    appliance: ask.appliance,
    household: unit.household,
    model: unit.model,
    kind: ask.kind,
    parameters: ask.parameters,
    state: hazardous ? 'unconfirmed' : 'queued',
    askedBy: ask.askedBy,
    askedAt: ask.now,
    expiresAt: ask.now + (hazardous ? CONFIRM_WITHIN_MS : goodForMinutes * MINUTE),
    broker: null,
    sentAt: null,
    answeredAt: null,
    result: null,
  };
  const { id, appliance, household, model, kind, parameters, state, askedBy, askedAt, expiresAt } = row;
  await tx.query(
    `insert into app.command (id, appliance, household, model, kind, parameters, state, asked_by, asked_at, expires_at)
     values ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10)`,
    [id, appliance, household, model, kind, JSON.stringify(parameters), state, askedBy, askedAt, expiresAt],
  );
  return row;
}

/** Whoever asks it himself needs no mail to be reminded of it. */
async function askOwners(tx: Sql, row: CommandRecord, command: ModelCommand): Promise<void> {
  const owners = await tx.query<{ person: Id }>(
    "select person from app.household_member where household = $1 and standing = 'owner' and person <> $2 order by person",
    [row.household, row.askedBy],
  );
  for (const { person } of owners) {
    await mailPerson(tx, person, { ...confirmationAsked(row, command), path: `/appliances/${row.appliance}/commands` });
  }
}

type Act = { command: Id; by: Actor; now: number };

/** An owner's yes; from now on it is good for as long as its model says. Null when there is none; throws `wrong-state`. */
export async function confirmCommand(sql: Sql, act: Act): Promise<CommandRecord | null> {
  return moved(sql, act, async (tx, row) => {
    const expiresAt = act.now + commandOf(row.model, row.kind).goodForMinutes * MINUTE;
    const after = await moveCommand(tx, row, { event: 'confirmed', ...act, fields: { expiresAt } });
    await announceCommand(tx, row.appliance);
    return after;
  });
}

/** While it was not sent. Null when there is none; throws `wrong-state`. */
export async function cancelCommand(sql: Sql, act: Act): Promise<CommandRecord | null> {
  return moved(sql, act, (tx, row) => moveCommand(tx, row, { event: 'cancelled', ...act }));
}

async function moved(
  sql: Sql,
  { command, now }: Act,
  move: (tx: Sql, row: CommandRecord) => Promise<CommandRecord>,
): Promise<CommandRecord | null> {
  return sql.transaction(async (tx) => {
    const [row] = await lockCommands(tx, [command]);
    return row ? move(tx, standsAt(row, now)) : null;
  });
}

const EXPIRED_AT_ONCE = 200;

/** Writes down what time has ended. Returns how many; ask again while it is not 0. */
export async function expireCommands(sql: Sql, now: number): Promise<number> {
  return sql.transaction(async (tx) => {
    const over = await tx.query<{ id: Id }>(
      `select id from app.command where state in ('unconfirmed', 'queued', 'sent') and expires_at <= $1
        order by id limit ${EXPIRED_AT_ONCE} for update skip locked`,
      [now],
    );
    for (const row of await lockCommands(
      tx,
      over.map(({ id }) => id),
    )) {
      await moveCommand(tx, row, { event: 'over', by: 'platform', now });
    }
    return over.length;
  });
}
