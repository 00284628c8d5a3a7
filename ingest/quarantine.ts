// Messages that were kept but not, or not wholly, accepted: the sealed bytes and the reason. The id is the position in the log.
import type { Id, Moment } from '#contracts';
import { DAY, type Sql } from '#runtime';
import type { SealedPayload, SealPayloads } from './ports.ts';
import type { QuarantineState } from './replay-life.ts';

export type Quarantined = {
  position: number;
  appliance: Id;
  receivedAt: number;
  channel: string;
  /** As it was stamped; with it the message can be decoded again. */
  model: string;
  reason: string;
  payload: Uint8Array;
};
/** `payload` is sealed for `subject`; null: it is plain. */
export type QuarantinedMessage = Omit<Quarantined, 'position' | 'model'> & {
  id: string;
  subject: Id | null;
  state: QuarantineState;
};

const LONGEST_REASON = 2_000;

/** A reason may name a signal as it came in, and PostgreSQL keeps no U+0000. */
export const printable = (reason: string): string =>
  reason
    .slice(0, LONGEST_REASON)
    .toWellFormed()
    .replace(/\p{Cc}/gu, '\ufffd');

/** The same message twice leaves one row. */
export async function quarantine(sql: Sql, messages: readonly Quarantined[], seal: SealPayloads): Promise<void> {
  if (messages.length === 0) return;
  const items = messages.map(({ appliance, payload }) => ({ appliance, bytes: payload }));
  await sql.transaction(async (tx) => {
    const sealed = await seal(tx, items);
    for (const [index, message] of messages.entries()) await insert(tx, message, sealed[index]!);
  });
}

async function insert(tx: Sql, message: Quarantined, { subject, sealed }: SealedPayload): Promise<void> {
  const { position, appliance, receivedAt, channel, model, reason } = message;
  const inserted = await tx.query(
    `insert into app.quarantine (position, appliance, received_at, channel, model, reason, payload, subject)
     values ($1, $2, $3, $4, $5, $6, $7, $8) on conflict (position) do nothing returning 1 as one`,
    [position, appliance, receivedAt, channel, model, printable(reason), Buffer.from(sealed), subject],
  );
  if (inserted.length > 0) await countKept(tx, appliance, receivedAt);
}

/** The ledger knows how many rows must stand here. */
async function countKept(tx: Sql, appliance: Id, receivedAt: number): Promise<void> {
  await tx.query(
    `insert into app.ledger_kept as k (appliance, day, messages) values ($1, $2, 1)
     on conflict (appliance, day) do update set messages = k.messages + 1`,
    [appliance, receivedAt - (receivedAt % DAY)],
  );
}

/** Part of a statement: rows that are deleted for a reason are missed by nobody. */
const FORGET = (where: string): string => `
  with gone as (delete from app.quarantine where ${where} returning appliance, received_at),
  fewer as (
    update app.ledger_kept k set messages = k.messages - g.messages
      from (select appliance, received_at - received_at % ${DAY} as day, count(*) as messages from gone group by 1, 2) g
     where k.appliance = g.appliance and k.day = g.day)
  select count(*)::int as count from gone`;

/**
 * What the readings engine will never store of a message: kept whole, beside what else is known of it. `message` has the
 * reason of the engine.
 */
export async function keepRefused(
  sql: Sql,
  { message, moment }: { message: Quarantined; moment: Moment },
  seal: SealPayloads,
): Promise<void> {
  await sql.transaction(async (tx) => {
    const [kept] = await seal(tx, [{ appliance: message.appliance, bytes: message.payload }]);
    await insert(tx, message, kept!);
    const reason = printable(message.reason);
    await tx.query(
      `update app.quarantine set reason = left(reason || '; ' || $2, ${LONGEST_REASON})
        where position = $1 and strpos(reason, $2) = 0`,
      [message.position, reason],
    );
    await tx.query(
      `insert into app.ledger_refused (position, signal, at, appliance)
       select $1, signal, $2, $3 from jsonb_array_elements_text($4::jsonb) as signal
       on conflict (position, signal, at) do nothing`,
      [message.position, moment.at, moment.appliance, JSON.stringify(moment.readings.map(({ signal }) => signal))],
    );
  });
}

/** Deletes what was received before `before`. Returns how many messages. */
export async function forgetQuarantine(sql: Sql, before: number): Promise<number> {
  const [gone] = await sql.query<{ count: number }>(FORGET('received_at < $1'), [before]);
  await sql.query('delete from app.ledger_kept where messages = 0', []);
  return gone!.count;
}

/** Erasure: what these appliances sent and what was last heard of them is gone; what the store holds of them stays. */
export async function forgetAppliances(tx: Sql, appliances: readonly Id[]): Promise<void> {
  await tx.query(FORGET('appliance = any($1::uuid[])'), [appliances]);
  await tx.query('delete from app.latest where appliance = any($1::uuid[])', [appliances]);
}

/** Newest first. */
export async function listQuarantine(
  sql: Sql,
  { appliance, since, before, limit }: { appliance?: Id; since?: number; before?: number; limit: number },
): Promise<QuarantinedMessage[]> {
  return sql.query<QuarantinedMessage>(
    `select position::text as id, appliance, received_at as "receivedAt", channel, reason, state, payload, subject
       from app.quarantine
      where ($1::uuid is null or appliance = $1) and ($2::bigint is null or received_at < $2)
        and received_at >= $4
      order by received_at desc, position desc limit $3`,
    [appliance ?? null, before ?? null, limit, since ?? 0],
  );
}

export async function quarantinedSince(sql: Sql, appliances: readonly Id[], since: number): Promise<number> {
  const [row] = await sql.query<{ count: number }>(
    'select count(*)::bigint as count from app.quarantine where received_at >= $1 and appliance = any($2::uuid[])',
    [since, appliances],
  );
  return row?.count ?? 0;
}
