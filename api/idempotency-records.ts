// What became of POSTs that named themselves with a key. The answer is sealed with that key and the pepper: it may hold
// names, and nobody but the caller who repeats himself needs it again.
import { createCipheriv, createDecipheriv, createHmac, hkdfSync, randomBytes } from 'node:crypto';
import type { Id } from '#contracts';
import { DAY, type Sql } from '#runtime';

/** Longer than a request may take: after it, the process that worked on it is gone. */
export const UNDER_WAY_MS = 60_000;
export const IDEMPOTENCY_KEPT_MS = DAY;

export type Attempt = { caller: Id; key: string; fingerprint: string; pepper: string };
export type Answer = { status: number; contentType: string; body: string };

export type Earlier =
  | { state: 'none' }
  | { state: 'other-request' }
  | { state: 'under-way' }
  /** The process ended before it answered: whether it was done is not known. */
  | { state: 'unknown' }
  /** Done, and its answer is not kept: it held a secret, or was too long. */
  | { state: 'done' }
  | { state: 'answered'; answer: Answer };

type Row = {
  fingerprint: string;
  began_at: number;
  status: number | null;
  content_type: string | null;
  answer_sealed: string | null;
};

const keyHmac = ({ key, pepper }: Attempt): string =>
  createHmac('sha256', pepper).update(`idempotency-key ${key}`).digest('base64url');

/** `none` means that it is this attempt's now. One that is over a day old is no attempt any more. */
export async function beginAttempt(sql: Sql, attempt: Attempt, now: number): Promise<Earlier> {
  const { caller, fingerprint } = attempt;
  const begun = await sql.query(
    `insert into app.idempotency as i (caller, key_hmac, fingerprint, began_at) values ($1, $2, $3, $4)
     on conflict (caller, key_hmac) do update
       set fingerprint = excluded.fingerprint, began_at = excluded.began_at, status = null, content_type = null,
           answer_sealed = null
       where i.began_at < $5 returning caller`,
    [caller, keyHmac(attempt), fingerprint, now, now - IDEMPOTENCY_KEPT_MS],
  );
  if (begun.length > 0) return { state: 'none' };
  const [row] = await sql.query<Row>(
    `select fingerprint, began_at, status, content_type, answer_sealed from app.idempotency
      where caller = $1 and key_hmac = $2`,
    [caller, keyHmac(attempt)],
  );
  // It was given up between the two looks.
  return row ? earlier(row, attempt, now) : { state: 'under-way' };
}

function earlier(row: Row, attempt: Attempt, now: number): Earlier {
  if (row.fingerprint !== attempt.fingerprint) return { state: 'other-request' };
  if (row.status === null) return { state: now - row.began_at < UNDER_WAY_MS ? 'under-way' : 'unknown' };
  if (row.answer_sealed === null) return { state: 'done' };
  const body = openAnswer(attempt, row.answer_sealed);
  return { state: 'answered', answer: { status: row.status, contentType: row.content_type ?? '', body } };
}

/** `body` null: it was done, and its answer is not kept. */
export async function keepAnswer(
  sql: Sql,
  attempt: Attempt,
  { status, contentType, body }: { status: number; contentType: string; body: string | null },
): Promise<void> {
  await sql.query(
    `update app.idempotency set status = $3, content_type = $4, answer_sealed = $5 where caller = $1 and key_hmac = $2`,
    [attempt.caller, keyHmac(attempt), status, contentType, body === null ? null : sealAnswer(attempt, body)],
  );
}

/** Nothing was done: the same key may try again. */
export async function giveUpAttempt(sql: Sql, attempt: Attempt): Promise<void> {
  await sql.query('delete from app.idempotency where caller = $1 and key_hmac = $2', [
    attempt.caller,
    keyHmac(attempt),
  ]);
}

/** Forgets attempts that began before `before`. */
export async function forgetAttempts(sql: Sql, before: number): Promise<void> {
  await sql.query('delete from app.idempotency where began_at < $1', [before]);
}

const NONCE_BYTES = 12;
const TAG_BYTES = 16;

const answerKey = ({ caller, key, pepper }: Attempt): Buffer =>
  Buffer.from(hkdfSync('sha256', pepper, caller, `idempotency-answer ${key}`, 32));

function sealAnswer(attempt: Attempt, body: string): string {
  const nonce = randomBytes(NONCE_BYTES);
  const cipher = createCipheriv('aes-256-gcm', answerKey(attempt), nonce);
  const text = Buffer.concat([cipher.update(body, 'utf8'), cipher.final()]);
  return Buffer.concat([nonce, cipher.getAuthTag(), text]).toString('base64');
}

function openAnswer(attempt: Attempt, sealed: string): string {
  const bytes = Buffer.from(sealed, 'base64');
  const decipher = createDecipheriv('aes-256-gcm', answerKey(attempt), bytes.subarray(0, NONCE_BYTES));
  decipher.setAuthTag(bytes.subarray(NONCE_BYTES, NONCE_BYTES + TAG_BYTES));
  const text = bytes.subarray(NONCE_BYTES + TAG_BYTES);
  return Buffer.concat([decipher.update(text), decipher.final()]).toString('utf8');
}
