// Messages that were kept but not, or not wholly, accepted: the raw bytes and the reason. The id is the position in the log.
import type { Id, Moment } from '#contracts';
import type { Sql } from '#runtime';

export type Quarantined = {
  position: number;
  appliance: Id;
  receivedAt: number;
  channel: string;
  reason: string;
  payload: Uint8Array;
};
export type QuarantinedMessage = Omit<Quarantined, 'position'> & { id: string };

const LONGEST_REASON = 2_000;

/** A reason may quote what came in, and PostgreSQL keeps no U+0000. */
const printable = (reason: string): string =>
  reason
    .slice(0, LONGEST_REASON)
    .toWellFormed()
    .replace(/\p{Cc}/gu, '\ufffd');

/** The same message twice leaves one row. */
export async function quarantine(sql: Sql, messages: readonly Quarantined[]): Promise<void> {
  for (const message of messages) {
    await sql.query(
      `insert into app.quarantine (position, appliance, received_at, channel, reason, payload)
       values ($1, $2, $3, $4, $5, $6) on conflict (position) do nothing`,
      [
        message.position,
        message.appliance,
        message.receivedAt,
        message.channel,
        printable(message.reason),
        Buffer.from(message.payload),
      ],
    );
  }
}

/** What the readings engine will never store: kept as the readings it was asked for, beside what else is known of that message. */
export async function keepRefused(sql: Sql, moment: Moment, reason: string, receivedAt: number): Promise<void> {
  await sql.query(
    `insert into app.quarantine as q (position, appliance, received_at, channel, reason, payload)
     values ($1, $2, $3, 'telemetry', $4, $5)
     on conflict (position) do update set reason = case
       when strpos(q.reason, excluded.reason) > 0 then q.reason
       else left(q.reason || '; ' || excluded.reason, ${LONGEST_REASON}) end`,
    [moment.position, moment.appliance, receivedAt, printable(reason), Buffer.from(JSON.stringify(moment))],
  );
}

/** Newest first. */
export async function listQuarantine(
  sql: Sql,
  { appliance, before, limit }: { appliance?: Id; before?: number; limit: number },
): Promise<QuarantinedMessage[]> {
  return sql.query<QuarantinedMessage>(
    `select position::text as id, appliance, received_at as "receivedAt", channel, reason, payload
       from app.quarantine
      where ($1::uuid is null or appliance = $1) and ($2::bigint is null or received_at < $2)
      order by received_at desc, position desc limit $3`,
    [appliance ?? null, before ?? null, limit],
  );
}

export async function quarantinedSince(sql: Sql, appliances: readonly Id[], since: number): Promise<number> {
  const [row] = await sql.query<{ count: number }>(
    'select count(*)::bigint as count from app.quarantine where received_at >= $1 and appliance = any($2::uuid[])',
    [since, appliances],
  );
  return row?.count ?? 0;
}
