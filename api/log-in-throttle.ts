// Slows down guessing and mailing: so many attempts, per account and per address, then a pause. All processes count together.
import type { FastifyReply, FastifyRequest } from 'fastify';
import { type AttemptLimit, attempt, forgetAttempts } from '#registry';
import { HOUR, MINUTE } from '#runtime';
import type { ApiDeps } from './deps.ts';
import { problem } from './problems.ts';

type Deps = Pick<ApiDeps, 'sql' | 'clock'>;

const GUESS_WINDOW_MS = 15 * MINUTE;

/** Somebody who guesses from many addresses is slowed down too, though later: it would lock out the account's owner. */
export const logInLimits = (request: FastifyRequest, email: string): AttemptLimit[] => [
  { key: `log-in ${email.trim().toLowerCase()} ${request.ip}`, most: 10, windowMs: GUESS_WINDOW_MS },
  { key: `log-in ${email.trim().toLowerCase()}`, most: 50, windowMs: GUESS_WINDOW_MS },
  { key: `log-in from ${request.ip}`, most: 300, windowMs: GUESS_WINDOW_MS },
];

/** Whoever is logged in and says again who he is, or tries codes. */
export const proofLimits = (person: string): AttemptLimit[] => [
  { key: `proof ${person}`, most: 10, windowMs: GUESS_WINDOW_MS },
];

/** Nobody's mailbox is filled through us. */
export const mailLimits = (request: FastifyRequest, email: string): AttemptLimit[] => [
  { key: `mail ${email.trim().toLowerCase()}`, most: 5, windowMs: HOUR },
  { key: `mail from ${request.ip}`, most: 30, windowMs: HOUR },
];

/** Links that are tried out. */
export const linkLimits = (request: FastifyRequest): AttemptLimit[] => [
  { key: `link from ${request.ip}`, most: 60, windowMs: GUESS_WINDOW_MS },
];

/** Throws `code` with Retry-After when there were too many. Counts before the attempt is judged. */
export async function slowDown(
  { sql, clock }: Deps,
  reply: FastifyReply,
  limits: readonly AttemptLimit[],
  { code, title }: { code: string; title: string } = { code: 'too-many-attempts', title: 'Too many attempts.' },
): Promise<void> {
  const now = clock.now();
  let waitMs = 0;
  for (const limit of limits) waitMs = Math.max(waitMs, await attempt(sql, limit, now));
  if (waitMs === 0) return;
  reply.header('retry-after', String(Math.ceil(waitMs / 1000)));
  throw problem(code, title, { hint: `Try again in ${Math.ceil(waitMs / MINUTE)} minutes.` });
}

/** What succeeded was no guess. An address stays counted: a guesser may have an account of his own. */
export async function succeeded({ sql }: Deps, limits: readonly AttemptLimit[]): Promise<void> {
  for (const { key } of limits) if (!key.startsWith('log-in from ')) await forgetAttempts(sql, key);
}
