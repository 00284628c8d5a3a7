// Entity tags: a GET says which state it shows, an edit may say which state it is meant for. One pair of hooks for all routes.
import { createHash } from 'node:crypto';
import type { FastifyContextConfig, FastifyInstance, FastifyReply, FastifyRequest } from 'fastify';
import type { ApiDeps } from './deps.ts';
import { beginEdit, endEdit } from './edits-under-way.ts';
import { problem } from './problems.ts';

declare module 'fastify' {
  interface FastifyContextConfig {
    /** Top-level fields that change by themselves: they count for "not modified", not for "changed meanwhile". */
    liveFields?: readonly string[];
  }
  interface FastifyRequest {
    editPath: string | null;
  }
}

const EDITS = new Set(['PATCH', 'PUT', 'DELETE']);

/** After the wall: who may not edit it learns nothing of its state. */
export function tagEntities(app: FastifyInstance, deps: Pick<ApiDeps, 'sql' | 'clock'>): void {
  app.decorateRequest('editPath', null);
  app.addHook('preHandler', async (request, reply) => {
    const wanted = request.headers['if-match'];
    if (wanted === undefined || !EDITS.has(request.method)) return;
    const path = request.url.split('?')[0]!;
    // From here to the answer nobody else edits it under a condition: of two edits meant for one state the first one wins.
    if (!(await beginEdit(deps.sql, path, deps.clock.now()))) {
      reply.header('retry-after', '1');
      throw problem('still-running', 'Somebody else is editing it at this moment.');
    }
    request.editPath = path;
    const current = await tagNow(app, request, path);
    if (!fits(wanted, current)) {
      if (current !== null) reply.header('etag', current);
      throw problem('changed-meanwhile', 'It is no longer as you read it.');
    }
  });
  app.addHook('onSend', async (request, reply, payload) => {
    if (request.editPath !== null) {
      await endEdit(deps.sql, request.editPath);
      request.editPath = null;
    }
    return isTagged(request, reply, payload) ? tagged(request, reply, payload) : payload;
  });
}

const isTagged = (request: FastifyRequest, reply: FastifyReply, payload: unknown): payload is string =>
  (request.method === 'GET' || request.method === 'HEAD') &&
  reply.statusCode === 200 &&
  request.url.startsWith('/api/v1/') &&
  typeof payload === 'string' &&
  String(reply.getHeader('content-type')).startsWith('application/json');

function tagged(request: FastifyRequest, reply: FastifyReply, payload: string): string | null {
  const tag = tagOf(payload, request.routeOptions.config);
  reply.header('etag', tag);
  const known = request.headers['if-none-match'];
  if (known === undefined || !(known.trim() === '*' || listed(known).includes(tag))) return payload;
  reply.code(304).removeHeader('content-type').removeHeader('content-length');
  return null;
}

/** `"<what people edit>.<all that is shown>"`. */
function tagOf(payload: string, { liveFields }: FastifyContextConfig): string {
  const all = hash(payload);
  if (!liveFields) return `"${all}.${all}"`;
  const still = JSON.stringify(JSON.parse(payload), (key, value: unknown) =>
    liveFields.includes(key) ? undefined : value,
  );
  return `"${hash(still)}.${all}"`;
}

const hash = (text: string): string => createHash('sha256').update(text).digest('base64url').slice(0, 22);

const listed = (header: string): string[] => header.split(',').map((tag) => tag.trim().replace(/^W\//, ''));
const editedPart = (tag: string): string => tag.replace(/^"([^.]*)\..*$/, '$1');

/** As this viewer would read it now; null when there is nothing to read. */
async function tagNow(app: FastifyInstance, request: FastifyRequest, path: string): Promise<string | null> {
  const { cookie, authorization } = request.headers;
  const answer = await app.inject({
    method: 'GET',
    url: path,
    remoteAddress: request.ip,
    headers: { ...(cookie ? { cookie } : {}), ...(authorization ? { authorization } : {}) },
  });
  return answer.statusCode === 200 ? String(answer.headers.etag ?? '') : null;
}

const fits = (wanted: string, current: string | null): boolean =>
  current !== null && (wanted.trim() === '*' || listed(wanted).some((tag) => editedPart(tag) === editedPart(current)));
