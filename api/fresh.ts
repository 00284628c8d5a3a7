// What cannot be undone, or gives away much, asks for the password again when it was last asked for a while ago.
import type { FastifyRequest } from 'fastify';
import { isFresh } from '#registry';
import { sessionToken } from './cookies.ts';
import type { ApiDeps } from './deps.ts';
import { problem } from './problems.ts';
import { viewerOf } from './wall.ts';

/** Throws `session-needed` for an API key, and `authenticate-again` unless the password was given in the last ten minutes. */
export async function mustBeFresh(
  request: FastifyRequest,
  { sql, clock }: Pick<ApiDeps, 'sql' | 'clock'>,
): Promise<void> {
  if (viewerOf(request).key !== null) {
    throw problem('session-needed', 'A key cannot do this.');
  }
  if (await isFresh(sql, sessionToken(request) ?? '', clock.now())) return;
  throw problem('authenticate-again', 'Please give your password again first.');
}
