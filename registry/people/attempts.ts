// Counts attempts at what could be guessed, in the database, so that all processes count together.
import { DAY, type Sql } from '#runtime';
import { emailIndex } from '../vault/email-index.ts';

const LONGEST_WINDOW_MS = DAY;

export type AttemptLimit = {
  /** What is tried and by whom, e.g. "log-in lin@example.org"; kept as a keyed hash. */
  key: string;
  most: number;
  /** A day at most. */
  windowMs: number;
};

/** Counts before it is judged, so that many at once do not slip through. Returns how many ms to wait, 0 to go on. */
export async function attempt(sql: Sql, { key, most, windowMs }: AttemptLimit, now: number): Promise<number> {
  const [row] = await sql.query<{ count: number; since: number }>(
    `insert into app.attempt as a (key_hash, count, since) values ($1, 1, $2)
     on conflict (key_hash) do update set
       count = case when a.since <= $2::bigint - $3::bigint then 1 else least(a.count, 1000000) + 1 end,
       since = case when a.since <= $2::bigint - $3::bigint then excluded.since else a.since end
     returning count, since`,
    [await emailIndex(sql, key), now, windowMs],
  );
  if (row!.count === 1) await sql.query('delete from app.attempt where since < $1', [now - LONGEST_WINDOW_MS]);
  return row!.count > most ? Math.max(1, row!.since + windowMs - now) : 0;
}

/** What succeeded was no guess. */
export async function forgetAttempts(sql: Sql, key: string): Promise<void> {
  await sql.query('delete from app.attempt where key_hash = $1', [await emailIndex(sql, key)]);
}
