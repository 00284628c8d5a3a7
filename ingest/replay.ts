// Messages in quarantine are tried again: appended to the log as they were, marked as replayed, and judged by the consumer
// anew. Row and sweep: what was asked for is done however often the platform is killed meanwhile.
import { type Id, type LogRecord, newId } from '#contracts';
import { HOUR, type LogWriter, MINUTE, type Sql } from '#runtime';
import { printable } from './quarantine.ts';
import { moveOf, type QuarantineState } from './replay-life.ts';

/** `ids`, or all that fit the rest. Times of receipt, epoch ms, [from, to). */
export type Selection = {
  ids?: readonly string[] | undefined;
  appliance?: Id | undefined;
  /** Stands somewhere in the reason. */
  reason?: string | undefined;
  from?: number | undefined;
  to?: number | undefined;
};

/** `gone`: forgotten or erased since. */
export type Replay = {
  id: Id;
  askedBy: string;
  askedAt: number;
  total: number;
  waiting: number;
  replayed: number;
  accepted: number;
  refused: number;
  unreadable: number;
  gone: number;
};

export type ReplayDeps = {
  sql: Sql;
  log: LogWriter;
  /** Null when the key is gone. */
  open: (subject: Id, sealed: Uint8Array) => Promise<Uint8Array | null>;
  /** Of rows from before the model was kept with them; null for an appliance that is gone. */
  modelOf: (appliance: Id) => Promise<string | null>;
};

/** So many are appended at a time, so that a large replay leaves room for what comes in. */
export const REPLAYED_AT_ONCE = 200;
/** Whoever took rows and died left them to the others after this. */
const CLAIM_MS = 1 * MINUTE;
/** A consumer that heard nothing of it for so long never will. */
const UNHEARD_MS = 24 * HOUR;
const MARK = '#';

const FITS = `
  ($1::jsonb is null or position in (select id::bigint from jsonb_array_elements_text($1::jsonb) as id))
  and ($2::uuid is null or appliance = $2) and ($3::text is null or strpos(reason, $3) > 0)
  and ($4::bigint is null or received_at >= $4) and ($5::bigint is null or received_at < $5)`;

const paramsOf = ({ ids, appliance, reason, from, to }: Selection): unknown[] => [
  ids ? JSON.stringify(ids) : null,
  appliance ?? null,
  reason ?? null,
  from ?? null,
  to ?? null,
];

/** Part of the caller's transaction, which also audits it. What is under way already, or was accepted, is left as it is; so are answers to commands. */
export async function askReplay(
  tx: Sql,
  selection: Selection,
  { by, now }: { by: string; now: number },
): Promise<{ id: Id; total: number }> {
  const id = newId();
  const { from, to } = moveOf('ask');
  const rows = await tx.query(
    `update app.quarantine set state = $6, replay = $7, attempt = attempt + 1, claimed_until = 0
      where ${FITS} and state = any($8::text[]) and channel <> 'commands' returning 1 as one`,
    [...paramsOf(selection), to, id, from],
  );
  await tx.query('insert into app.replay (id, asked_by, asked_at, total) values ($1, $2, $3, $4)', [
    id,
    by,
    now,
    rows.length,
  ]);
  return { id, total: rows.length };
}

type Claimed = {
  position: number;
  appliance: Id;
  receivedAt: number;
  channel: string;
  model: string | null;
  attempt: number;
  payload: Uint8Array;
  subject: Id | null;
};

/** Appends some of what waits. `more`: there is more, or some of it could not be appended now. */
export async function sweepReplays(deps: ReplayDeps, now: number): Promise<{ done: number; more: boolean }> {
  await giveUpHearing(deps.sql, now);
  const claimed = await claim(deps.sql, now);
  const settled = await Promise.all(claimed.map((row) => appendOne(deps, row)));
  const of = (outcome: 'appended' | 'unreadable' | 'failed'): number[] =>
    claimed.filter((_, index) => settled[index] === outcome).map(({ position }) => position);
  await move(deps.sql, 'append', of('appended'), now);
  await move(deps.sql, 'find-unreadable', of('unreadable'), now);
  const failed = of('failed');
  if (failed.length > 0)
    await deps.sql.query('update app.quarantine set claimed_until = 0 where position = any($1::bigint[])', [failed]);
  return { done: claimed.length - failed.length, more: claimed.length === REPLAYED_AT_ONCE || failed.length > 0 };
}

async function giveUpHearing(sql: Sql, now: number): Promise<void> {
  const { from, to } = moveOf('hear-nothing');
  await sql.query(
    'update app.quarantine set state = $1, claimed_until = 0 where state = any($2::text[]) and replayed_at < $3',
    [to, from, now - UNHEARD_MS],
  );
}

function claim(sql: Sql, now: number): Promise<Claimed[]> {
  return sql.query<Claimed>(
    `update app.quarantine set claimed_until = $1
      where position in (
        select position from app.quarantine where state = 'waiting' and claimed_until <= $2
         order by received_at, position limit $3 for update skip locked)
     returning position, appliance, received_at as "receivedAt", channel, model, attempt, payload, subject`,
    [now + CLAIM_MS, now, REPLAYED_AT_ONCE],
  );
}

async function appendOne(
  { log, open, modelOf }: ReplayDeps,
  { position, appliance, receivedAt, channel, model, attempt, payload, subject }: Claimed,
): Promise<'appended' | 'unreadable' | 'failed'> {
  const body = subject === null ? payload : await open(subject, payload);
  const stamped = model ?? (await modelOf(appliance));
  if (body === null || stamped === null) return 'unreadable';
  const record: LogRecord = {
    kind: 'replayed',
    at: receivedAt,
    appliance,
    channel: `${channel}${MARK}${position}.${attempt}`,
    model: stamped,
    body,
  };
  return new Promise((resolve) => log.append(record, (error) => resolve(error ? 'failed' : 'appended')));
}

async function move(sql: Sql, event: 'append' | 'find-unreadable', positions: number[], now: number): Promise<void> {
  if (positions.length === 0) return;
  const { from, to } = moveOf(event);
  await sql.query(
    `update app.quarantine set state = $1, replayed_at = $2 where position = any($3::bigint[]) and state = any($4::text[])`,
    [to, now, positions, from],
  );
}

/** What became of a replayed message; `reason` is null when all of it was taken. */
export type ReplayOutcome = { channel: string; reason: string | null };

/** By the consumer. Saying it again, or of an attempt that was followed by another, changes nothing. */
export async function settleReplays(sql: Sql, outcomes: readonly ReplayOutcome[]): Promise<void> {
  for (const { channel, reason } of outcomes) {
    const mark = markOf(channel);
    if (!mark) continue;
    const { from, to } = moveOf(reason === null ? 'accept' : 'refuse');
    await sql.query(
      `update app.quarantine set state = $1, reason = coalesce($2, reason)
        where position = $3 and attempt = $4 and state = any($5::text[])`,
      [to, reason === null ? null : printable(reason), mark.position, mark.attempt, from],
    );
  }
}

function markOf(channel: string): { position: number; attempt: number } | null {
  const match = /#(\d+)\.(\d+)$/.exec(channel);
  return match ? { position: Number(match[1]), attempt: Number(match[2]) } : null;
}

const PROGRESS = `
  select r.id, r.asked_by as "askedBy", r.asked_at as "askedAt", r.total,
         count(q.*) filter (where q.state = 'waiting')::int as waiting,
         count(q.*) filter (where q.state = 'replayed')::int as replayed,
         count(q.*) filter (where q.state = 'accepted')::int as accepted,
         count(q.*) filter (where q.state = 'refused')::int as refused,
         count(q.*) filter (where q.state = 'unreadable')::int as unreadable,
         (r.total - count(q.*))::int as gone
    from app.replay r left join app.quarantine q on q.replay = r.id`;

export async function replayById(sql: Sql, id: Id): Promise<Replay | null> {
  const [row] = await sql.query<Replay>(`${PROGRESS} where r.id = $1 group by r.id`, [id]);
  return row ?? null;
}

/** The newest ones, newest first. */
export async function listReplays(sql: Sql, limit: number): Promise<Replay[]> {
  return sql.query<Replay>(`${PROGRESS} group by r.id order by r.asked_at desc, r.id desc limit $1`, [limit]);
}

/** Without the payload: a list over everybody shows what is wrong, not what was said. */
export type Rejected = {
  id: string;
  appliance: Id;
  model: string | null;
  receivedAt: number;
  channel: string;
  reason: string;
  state: QuarantineState;
};

/** Newest first; `before` is the receipt and the id of the last one shown. */
export async function listRejected(
  sql: Sql,
  selection: Selection & { state?: QuarantineState | undefined },
  { before, limit }: { before: { at: number; id: string } | null; limit: number },
): Promise<Rejected[]> {
  return sql.query<Rejected>(
    `select position::text as id, appliance, model, received_at as "receivedAt", channel, reason, state
       from app.quarantine
      where ${FITS} and ($6::text is null or state = $6)
        and ($7::bigint is null or (received_at, position) < ($7::bigint, $8::bigint))
      order by received_at desc, position desc limit $9`,
    [...paramsOf(selection), selection.state ?? null, before?.at ?? null, before?.id ?? null, limit],
  );
}

/** With its sealed bytes; null when there is no such message. */
export async function rejectedById(
  sql: Sql,
  id: string,
): Promise<(Rejected & { payload: Uint8Array; subject: Id | null }) | null> {
  const [row] = await sql.query<Rejected & { payload: Uint8Array; subject: Id | null }>(
    `select position::text as id, appliance, model, received_at as "receivedAt", channel, reason, state, payload, subject
       from app.quarantine where position = $1::bigint`,
    [id],
  );
  return row ?? null;
}

/** Forgets what was asked before `before`. */
export async function forgetReplays(sql: Sql, before: number): Promise<void> {
  await sql.query('delete from app.replay where asked_at < $1', [before]);
}
