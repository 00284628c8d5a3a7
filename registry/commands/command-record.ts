// Commands as rows: read, moved along their life, and every step in the audit log.
import type { CommandParameters, CommandResult, CommandState, Id } from '#contracts';
import { announce, type Place, pageOf, placeOf, type Sql, step } from '#runtime';
import { type Actor, audit } from '../access/audit.ts';
import { COMMAND_LIFE, type CommandEvent, OPEN_STATES } from './life-cycle.ts';

export type CommandRecord = {
  id: Id;
  appliance: Id;
  /** The one that it was asked for. */
  household: Id | null;
  model: string;
  kind: string;
  parameters: CommandParameters;
  state: CommandState;
  askedBy: Id;
  askedAt: number;
  /** Unconfirmed: until when it may be confirmed. Else until when it is good. */
  expiresAt: number;
  /** The broker that sent it first, and when. */
  broker: string | null;
  sentAt: number | null;
  answeredAt: number | null;
  result: CommandResult | null;
};

const COLUMNS = `id, appliance, household, model, kind, parameters, state, asked_by as "askedBy", asked_at as "askedAt",
  expires_at as "expiresAt", broker, sent_at as "sentAt", answered_at as "answeredAt", result`;

const isOpen = (state: CommandState): boolean => (OPEN_STATES as readonly CommandState[]).includes(state);

/** Nobody has to end what has an end: what is past it is over, also before the sweep has written it down. */
export const standsAt = (row: CommandRecord, now: number): CommandRecord =>
  isOpen(row.state) && row.expiresAt <= now ? { ...row, state: 'expired' } : row;

export async function commandById(sql: Sql, id: Id, now: number): Promise<CommandRecord | null> {
  const [row] = await sql.query<CommandRecord>(`select ${COLUMNS} from app.command where id = $1`, [id]);
  return row ? standsAt(row, now) : null;
}

/** Newest first; of one appliance or by one person, those asked since `since`. */
export async function listCommands(
  sql: Sql,
  ask: { appliance?: Id; askedBy?: Id; since: number; cursor: string | null; limit: number; now: number },
): Promise<{ items: CommandRecord[]; next: string | null }> {
  const after: Place | null = ask.cursor === null ? null : placeOf(ask.cursor);
  const rows = await sql.query<CommandRecord>(
    `select ${COLUMNS} from app.command
      where ($1::uuid is null or appliance = $1::uuid) and ($6::uuid is null or asked_by = $6::uuid) and asked_at >= $2
        and ($3::bigint is null or (asked_at, id) < ($3::bigint, $4::uuid))
      order by asked_at desc, id desc limit $5`,
    [ask.appliance ?? null, ask.since, after?.at ?? null, after?.id ?? null, ask.limit + 1, ask.askedBy ?? null],
  );
  const page = pageOf(rows, ask.limit, ({ askedAt, id }) => ({ at: askedAt, id }));
  return { ...page, items: page.items.map((row) => standsAt(row, ask.now)) };
}

export type AnsweredCommand = { id: Id; at: number; result: CommandResult };

/** What the appliance answered in [from, to), epoch ms, oldest first. */
export async function answersHeard(
  sql: Sql,
  { appliance, from, to }: { appliance: Id; from: number; to: number },
): Promise<AnsweredCommand[]> {
  return sql.query<AnsweredCommand>(
    `select id, answered_at as at, result from app.command
      where appliance = $1 and answered_at >= $2 and answered_at < $3 and result is not null order by answered_at, id`,
    [appliance, from, to],
  );
}

/** How many are not over, by state. */
export async function openCommands(sql: Sql, now: number): Promise<{ state: CommandState; count: number }[]> {
  const rows = await sql.query<{ state: CommandState; count: number }>(
    `select state, count(*)::int as count from app.command
      where state in ('unconfirmed', 'queued', 'sent') and expires_at > $1 group by state`,
    [now],
  );
  return OPEN_STATES.map((state) => ({ state, count: rows.find((row) => row.state === state)?.count ?? 0 }));
}

/** Deletes what was asked before `before`. */
export async function forgetCommands(sql: Sql, before: number): Promise<void> {
  await sql.query('delete from app.command where asked_at < $1', [before]);
}

/** The rows, locked until the transaction ends; always in the same order, so that two who want several never wait for each other. */
export const lockCommands = (tx: Sql, ids: readonly Id[]): Promise<CommandRecord[]> =>
  tx.query<CommandRecord>(`select ${COLUMNS} from app.command where id = any($1::uuid[]) order by id for update`, [
    ids,
  ]);

type Fields = Partial<Pick<CommandRecord, 'expiresAt' | 'broker' | 'sentAt' | 'answeredAt' | 'result'>>;
type Move = { event: CommandEvent; by: Actor; now: number; fields?: Fields };

/** Part of the caller's transaction, which holds the row. Throws `wrong-state`. */
export async function moveCommand(
  tx: Sql,
  row: CommandRecord,
  { event, by, now, fields = {} }: Move,
): Promise<CommandRecord> {
  const state = step(COMMAND_LIFE, 'command', row.state, event);
  const after: CommandRecord = { ...row, ...fields, state };
  await tx.query(
    `update app.command set state = $2, expires_at = $3, broker = $4, sent_at = $5, answered_at = $6, result = $7
      where id = $1`,
    [
      row.id,
      state,
      after.expiresAt,
      after.broker,
      after.sentAt,
      after.answeredAt,
      after.result === null ? null : JSON.stringify(after.result),
    ],
  );
  await noteCommand(tx, after, { action: event === 'confirmed' ? 'confirmed' : state, by, now });
  return after;
}

/** Into the audit log, and to whoever looks at the appliance. */
export async function noteCommand(
  tx: Sql,
  { id, appliance, kind, result }: CommandRecord,
  { action, by, now }: { action: string; by: Actor; now: number },
): Promise<void> {
  const [row] = await tx.query<{ organisation: Id }>('select organisation from app.appliance where id = $1', [
    appliance,
  ]);
  await audit(tx, {
    now,
    by,
    action: `command.${action}`,
    object: { kind: 'command', id },
    organisation: row?.organisation ?? null,
    detail: { appliance, kind, ...(result === null ? {} : { outcome: result.outcome }) },
  });
  await announce(tx, { what: 'appliance', id: appliance });
}
