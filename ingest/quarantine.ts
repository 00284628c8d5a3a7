// Messages that were kept but not, or not wholly, accepted: the sealed bytes and the reason. The id is the position in the log.
import type { Id, Moment } from '#contracts';
import type { Sql } from '#runtime';
import type { SealedPayload, SealPayloads } from './ports.ts';

export type Quarantined = {
  position: number;
  appliance: Id;
  receivedAt: number;
  channel: string;
  reason: string;
  payload: Uint8Array;
};
/** `payload` is sealed for `subject`; null: it is plain. */
export type QuarantinedMessage = Omit<Quarantined, 'position'> & { id: string; subject: Id | null };

const LONGEST_REASON = 2_000;

/** A reason may name a signal as it came in, and PostgreSQL keeps no U+0000. */
const printable = (reason: string): string =>
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
  await tx.query(
    `insert into app.quarantine (position, appliance, received_at, channel, reason, payload, subject)
     values ($1, $2, $3, $4, $5, $6, $7) on conflict (position) do nothing`,
    [
      message.position,
      message.appliance,
      message.receivedAt,
      message.channel,
      printable(message.reason),
      Buffer.from(sealed),
      subject,
    ],
  );
}

type Refused = { moment: Moment; reason: string; receivedAt: number };

/** What the readings engine will never store: kept as the readings it was asked for, beside what else is known of that message. */
export async function keepRefused(
  sql: Sql,
  { moment, reason, receivedAt }: Refused,
  seal: SealPayloads,
): Promise<void> {
  const bytes = Buffer.from(JSON.stringify(moment));
  await sql.transaction(async (tx) => {
    const [kept] = await seal(tx, [{ appliance: moment.appliance, bytes }]);
    await tx.query(
      `insert into app.quarantine as q (position, appliance, received_at, channel, reason, payload, subject)
     values ($1, $2, $3, 'telemetry', $4, $5, $6)
     on conflict (position) do update set reason = case
       when strpos(q.reason, excluded.reason) > 0 then q.reason
       else left(q.reason || '; ' || excluded.reason, ${LONGEST_REASON}) end`,
      [moment.position, moment.appliance, receivedAt, printable(reason), Buffer.from(kept!.sealed), kept!.subject],
    );
  });
}

/** Deletes what was received before `before`. Returns how many messages. */
export async function forgetQuarantine(sql: Sql, before: number): Promise<number> {
  return (await sql.query('delete from app.quarantine where received_at < $1 returning 1 as one', [before])).length;
}

/** Erasure: what these appliances sent and what was last heard of them is gone; what the store holds of them stays. */
export async function forgetAppliances(tx: Sql, appliances: readonly Id[]): Promise<void> {
  await tx.query('delete from app.quarantine where appliance = any($1::uuid[])', [appliances]);
  await tx.query('delete from app.latest where appliance = any($1::uuid[])', [appliances]);
}

/** Newest first. */
export async function listQuarantine(
  sql: Sql,
  { appliance, since, before, limit }: { appliance?: Id; since?: number; before?: number; limit: number },
): Promise<QuarantinedMessage[]> {
  return sql.query<QuarantinedMessage>(
    `select position::text as id, appliance, received_at as "receivedAt", channel, reason, payload, subject
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
