// Slows down guessing of claim codes: so many wrong ones per account, address and unit, then an hour of rest.
import { createHmac } from 'node:crypto';
import { HOUR, type Sql } from '#runtime';

const WINDOW_MS = HOUR;
const REST_MS = HOUR;

/** In the order in which they are locked, so that two attempts never wait for each other in a ring. */
const LIMITS = { person: 10, address: 30, unit: 10 } as const;
type Kind = keyof typeof LIMITS;

/** Keyed, so that an address cannot be read from the database. */
export const attemptSubject = (kind: Kind, what: string, pepper: string): Subject => ({
  kind,
  hash: createHmac('sha256', pepper).update(`claim\u0000${kind}\u0000${what}`).digest('hex'),
});
export type Subject = { kind: Kind; hash: string };

/** Locks the count of a subject until the transaction ends. Returns how long it still rests, 0 to go on. */
export async function holdAttempts(tx: Sql, { hash }: Subject, now: number): Promise<number> {
  const [row] = await tx.query<{ rests_until: number }>(
    `insert into app.claim_attempts as a (subject, count, since, forget_at) values ($1, 0, $2, $3)
     on conflict (subject) do update set
       count = case when a.since <= $4 then 0 else a.count end, since = case when a.since <= $4 then $2 else a.since end,
       forget_at = greatest(a.forget_at, $3)
     returning rests_until`,
    [hash, now, now + WINDOW_MS, now - WINDOW_MS],
  );
  return Math.max(0, row!.rests_until - now);
}

export async function countWrong(tx: Sql, { kind, hash }: Subject, now: number): Promise<void> {
  await tx.query(
    `update app.claim_attempts set count = count + 1, forget_at = $3,
       rests_until = case when count + 1 >= $2::int then $4 else rests_until end,
       since = case when count + 1 >= $2::int then 0 else since end
      where subject = $1`,
    [hash, LIMITS[kind], now + WINDOW_MS + REST_MS, now + REST_MS],
  );
}

/** By itself, outside of a transaction that holds counts. */
export async function forgetAttempts(sql: Sql, now: number): Promise<void> {
  await sql.query('delete from app.claim_attempts where forget_at < $1', [now]);
}
