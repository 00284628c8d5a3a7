// Every error leaves as problem+json (RFC 9457): a stable code, what is wrong, and what to do next.
import type { FastifyError, FastifyInstance, FastifyReply, FastifyRequest } from 'fastify';
import { hasZodFastifySchemaValidationErrors } from 'fastify-type-provider-zod';
import type { Problem } from '#contracts';
import { RuleMistakes, whereIs } from '#diagnosis-rules';
import { type Logger, messageOf, PlatformError } from '#runtime';

export const PROBLEM_TYPE = 'application/problem+json';

const MORE: Record<string, { status: number; hint?: string }> = {
  'not-logged-in': { status: 401, hint: 'Log in with POST /api/v1/sessions.' },
  'wrong-log-in': { status: 401, hint: 'Check the mail address and the password.' },
  'second-factor-needed': { status: 401 },
  'wrong-code': { status: 401 },
  'wrong-password': { status: 403, hint: 'Give the password that you log in with.' },
  'authenticate-again': {
    status: 403,
    hint: 'Send your password to POST /api/v1/sessions/current/authentication, then the same request again.',
  },
  'session-needed': { status: 403, hint: 'Log in, and do it within ten minutes.' },
  'second-factor-required': {
    status: 403,
    hint: 'Enrol one with POST /api/v1/me/second-factor.',
  },
  'second-factor-on': { status: 409 },
  'second-factor-off': { status: 409 },
  'no-mail-server': { status: 403, hint: 'Whoever runs the platform gives it a mail server with SMTP_URL.' },
  'sign-up-closed': { status: 403, hint: 'Ask whoever runs the platform for an account.' },
  'link-used': { status: 409, hint: 'Ask for a new mail.' },
  'last-administrator': { status: 409 },
  'last-owner': { status: 409 },
  'last-site': { status: 409 },
  'site-in-use': { status: 409 },
  'too-many-grants': { status: 409 },
  'too-many-keys': { status: 409 },
  'too-many-commands': { status: 409 },
  'already-asked': { status: 409 },
  'log-in-first': { status: 409 },
  'no-remote-session': { status: 403 },
  'too-many-attempts': { status: 429 },
  'not-allowed': { status: 403, hint: 'Ask somebody whose role allows it.' },
  'foreign-origin': { status: 403, hint: 'Send this request from a page of the platform itself.' },
  'not-found': { status: 404, hint: 'It does not exist, or it is not yours to see.' },
  'no-such-route': { status: 404, hint: 'All routes stand in /api/docs.' },
  'email-taken': { status: 409, hint: 'Use another mail address.' },
  'unknown-alert': { status: 404 },
  'unknown-visit': { status: 404 },
  'unknown-rule-version': { status: 404 },
  'no-trial': { status: 404, hint: 'Try a version silently first.' },
  'wrong-state': { status: 409 },
  'not-yours': { status: 409 },
  'invalid-request': { status: 400 },
  'bad-idempotency-key': { status: 400 },
  'idempotency-key-reused': { status: 422, hint: 'Use a new key for each thing that you want done.' },
  'still-running': { status: 409, hint: 'Send it again as soon as the header Retry-After says.' },
  'outcome-unknown': {
    status: 409,
    hint: 'The platform stopped meanwhile. Look whether it was done; if not, send it again with a new key.',
  },
  'already-done': {
    status: 409,
    hint: 'Look it up in its list. A secret that did not reach you is replaced by a new one.',
  },
  'changed-meanwhile': {
    status: 412,
    hint: 'Read it again, and send your change for what it is now, with its new ETag.',
  },
  'too-many-webhooks': { status: 409 },
  'too-many-exports': { status: 429 },
  'already-claimed': { status: 409, hint: 'You find it in the list of your appliances.' },
  'in-a-household': { status: 409 },
  'wrong-claim-code': {
    status: 422,
    hint: 'Type the model, the serial and the code as they stand on the label. After ten wrong codes a unit rests for an hour; whoever gave it away has a new code.',
  },
  'too-many-claims': { status: 429 },
  'too-many-log-ins': { status: 429 },
  'too-many-streams': { status: 429 },
  'too-many-requests': { status: 429, hint: 'Wait as long as the header Retry-After says.' },
};

const BY_STATUS: Record<number, { code: string; hint: string }> = {
  400: { code: 'invalid-request', hint: 'All bodies and parameters stand in /api/docs.' },
  404: { code: 'not-found', hint: 'All routes stand in /api/docs.' },
  413: { code: 'too-large', hint: 'Send less at once.' },
  415: { code: 'unsupported-media-type', hint: 'Send application/json.' },
  429: { code: 'too-many-requests', hint: 'Wait as long as the header Retry-After says.' },
};

type Said = Omit<Problem, 'type'> & { retryAfterSeconds?: number };

export function problem(code: string, title: string, more: { hint?: string } = {}): PlatformError {
  const hint = more.hint ?? MORE[code]?.hint;
  return new PlatformError(code, 'reject', title, hint === undefined ? {} : { hint });
}

export const notFound = (): PlatformError => problem('not-found', 'There is no such thing here.');

/** What the caller may know of an error. Whatever is not meant for callers becomes a plain 500. */
export function said(error: FastifyError | PlatformError | Error): Said {
  if (hasZodFastifySchemaValidationErrors(error)) {
    return {
      title: 'The request does not fit.',
      status: 400,
      code: 'invalid-request',
      hint: 'Correct what is listed under "problems".',
      problems: error.validation.map((issue) => ({
        where: [error.validationContext ?? 'body', ...issue.instancePath.split('/').filter(Boolean)].join('.'),
        what: issue.message ?? 'does not fit',
      })),
    };
  }
  if (error instanceof RuleMistakes) return withMistakes(error);
  if (error instanceof PlatformError && error.kind !== 'fatal') return fromPlatform(error);
  const status = 'statusCode' in error ? error.statusCode : undefined;
  if (status !== undefined && status >= 400 && status < 500) {
    return { title: error.message, status, ...(BY_STATUS[status] ?? BY_STATUS[400]!) };
  }
  return {
    title: 'Something went wrong on our side.',
    status: 500,
    code: 'internal',
    hint: 'Try again; if it stays, tell whoever runs the platform at what time it happened.',
  };
}

function fromPlatform(error: PlatformError): Said {
  const base = { title: error.message, code: error.code, ...(error.hint === undefined ? {} : { hint: error.hint }) };
  if (error.kind === 'retry') return { ...base, status: 503, retryAfterSeconds: 5 };
  return { ...base, status: MORE[error.code]?.status ?? 422 };
}

const withMistakes = ({ code, hint, mistakes }: RuleMistakes): Said => ({
  title: 'This rule cannot be used.',
  status: 422,
  code,
  ...(hint === undefined ? {} : { hint }),
  problems: mistakes.map((mistake) => ({ where: whereIs(mistake), what: `${mistake.message} ${mistake.fix}` })),
});

export function sendProblem(reply: FastifyReply, { retryAfterSeconds, ...fields }: Said): FastifyReply {
  if (retryAfterSeconds !== undefined) reply.header('retry-after', String(retryAfterSeconds));
  const body: Problem = { type: `urn:stethos:problem:${fields.code}`, ...fields };
  return reply.code(fields.status).type(PROBLEM_TYPE).send(body);
}

export function answerErrors(app: FastifyInstance, logger: Logger): void {
  app.setErrorHandler((error: FastifyError, request: FastifyRequest, reply) => {
    const answer = said(error);
    if (answer.status >= 500) {
      const where = { route: request.routeOptions.url ?? 'unknown', method: request.method, requestId: request.id };
      logger.error({ ...where, error: messageOf(error), stack: error.stack }, 'a request failed');
    }
    return sendProblem(reply, answer);
  });
}
