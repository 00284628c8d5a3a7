// A POST that carries an Idempotency-Key is done once: sent again, it gets the first answer again.
import { createHash } from 'node:crypto';
import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify';
import type { ApiDeps } from './deps.ts';
import {
  type Answer,
  type Attempt,
  beginAttempt,
  type Earlier,
  giveUpAttempt,
  keepAnswer,
} from './idempotency-records.ts';
import { problem } from './problems.ts';

declare module 'fastify' {
  interface FastifyContextConfig {
    /** The answer holds a secret that is shown once: it is never kept for a repeat. */
    secretAnswer?: boolean;
  }
  interface FastifyRequest {
    attempt: Attempt | null;
  }
}

export const IDEMPOTENCY_HEADER = 'idempotency-key';
/** A structured-field string as the IETF draft has it, or the bare text that most clients send. */
const KEY = /^"?([\x21\x23-\x7e]{1,200})"?$/;
const LONGEST_ANSWER = 512 * 1024;

type Deps = Pick<ApiDeps, 'sql' | 'clock' | 'pepper'>;

/** After the wall: who may not do it spends no key. */
export function doOnce(app: FastifyInstance, deps: Deps): void {
  app.decorateRequest('attempt', null);
  app.addHook('preHandler', async (request, reply) => {
    const attempt = attemptOf(request, deps.pepper);
    if (!attempt) return;
    const before = await beginAttempt(deps.sql, attempt, deps.clock.now());
    if (before.state === 'none') request.attempt = attempt;
    else return again(reply, before);
  });
  app.addHook('onSend', async (request, reply, payload) => {
    const { attempt } = request;
    if (!attempt) return;
    request.attempt = null;
    if (reply.statusCode >= 300) return giveUpAttempt(deps.sql, attempt);
    const contentType = String(reply.getHeader('content-type') ?? '');
    await keepAnswer(deps.sql, attempt, { status: reply.statusCode, contentType, body: keepable(request, payload) });
  });
}

function attemptOf(request: FastifyRequest, pepper: string): Attempt | null {
  const header = request.headers[IDEMPOTENCY_HEADER];
  const { viewer } = request;
  if (request.method !== 'POST' || header === undefined || !viewer) return null;
  const key = typeof header === 'string' ? KEY.exec(header)?.[1] : undefined;
  if (key === undefined) {
    throw problem('bad-idempotency-key', 'This Idempotency-Key cannot be used.', {
      hint: 'Send 1 to 200 characters without blanks, e.g. a new UUID for each thing that you want done.',
    });
  }
  return { caller: viewer.key ?? viewer.person, key, fingerprint: fingerprintOf(request), pepper };
}

function fingerprintOf({ url, body }: FastifyRequest): string {
  const text = typeof body === 'string' || Buffer.isBuffer(body) ? body : JSON.stringify(body ?? null);
  return createHash('sha256').update(`${url}\n`).update(text).digest('base64url');
}

/** An empty answer is kept as such. */
function keepable(request: FastifyRequest, payload: unknown): string | null {
  if (request.routeOptions.config.secretAnswer) return null;
  if (payload === undefined || payload === null) return '';
  return typeof payload === 'string' && payload.length <= LONGEST_ANSWER ? payload : null;
}

function again(reply: FastifyReply, before: Exclude<Earlier, { state: 'none' }>): FastifyReply {
  switch (before.state) {
    case 'answered':
      return repeat(reply, before.answer);
    case 'other-request':
      throw problem('idempotency-key-reused', 'This Idempotency-Key came with another request before.');
    case 'under-way':
      reply.header('retry-after', '1');
      throw problem('still-running', 'The first request with this Idempotency-Key is still under way.');
    case 'unknown':
      throw problem('outcome-unknown', 'The first request with this Idempotency-Key was never answered.');
    case 'done':
      throw problem('already-done', 'This was done before; its answer is shown only once.');
  }
}

function repeat(reply: FastifyReply, { status, contentType, body }: Answer): FastifyReply {
  reply.code(status).header('idempotency-replayed', 'true');
  return body === '' ? reply.send() : reply.type(contentType).send(body);
}
