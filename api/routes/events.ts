// Live updates as server-sent events. An event says what changed; the page asks again for what it shows. A page that was
// away names the last event it heard and gets what it missed, or one event `reset`: ask again for everything.
import type { FastifyReply, FastifyRequest } from 'fastify';
import { Change, type Id } from '#contracts';
import type { ApiDeps } from '../deps.ts';
import type { Live } from '../live.ts';
import { problem } from '../problems.ts';
import type { Api } from '../route.ts';
import { allow, askerOf, viewerOf } from '../wall.ts';

const STREAMS_PER_PERSON = 20;
/** A page that reads slower than this is cut; it comes back and asks for everything again. */
const BACKLOG_BYTES = 64 * 1024;

export function eventRoutes(app: Api, deps: ApiDeps, live: Live): void {
  const streams = new Map<Id, number>();

  app.get(
    '/events',
    {
      exposeHeadRoute: false,
      config: allow('hear-changes'),
      schema: {
        operationId: 'hearChanges',
        summary:
          'What changes, as server-sent events whose data is one JSON object each; with Last-Event-ID it goes on',
        tags: ['Live'],
        response: {
          200: { description: 'A stream that stays open', content: { 'text/event-stream': { schema: Change } } },
        },
      },
    },
    (request, reply) => {
      const { person } = viewerOf(request);
      const open = streams.get(person) ?? 0;
      if (open >= STREAMS_PER_PERSON) {
        throw problem('too-many-streams', 'Too many pages of this account listen at once.', { hint: 'Close some.' });
      }
      streams.set(person, open + 1);
      stream(request, reply, { deps, live }, () => {
        const left = (streams.get(person) ?? 1) - 1;
        if (left > 0) streams.set(person, left);
        else streams.delete(person);
      });
    },
  );
}

function stream(
  request: FastifyRequest,
  reply: FastifyReply,
  { deps, live }: { deps: ApiDeps; live: Live },
  over: () => void,
): void {
  reply.hijack();
  const { raw } = reply;
  const write = (text: string): void => {
    // It may have ended while what it shall hear was looked up.
    if (raw.writableEnded || raw.destroyed) return;
    raw.write(text);
    if (raw.writableLength > BACKLOG_BYTES) raw.destroy();
  };
  raw.writeHead(200, {
    ...(reply.getHeaders() as Record<string, string>),
    'content-type': 'text/event-stream; charset=utf-8',
    // Without it a reverse proxy such as nginx keeps events back.
    'x-accel-buffering': 'no',
  });
  write('retry: 2000\n\n');
  const leave = live.listen({
    viewer: viewerOf(request),
    who: () => askerOf(request, deps),
    lastEventId: lastEventId(request),
    send: (change, id) => write(`id: ${id}\ndata: ${JSON.stringify(change)}\n\n`),
    // An id alone is no event, but the page goes on from it.
    begin: (id, reset) => write(reset ? `id: ${id}\nevent: reset\ndata: {}\n\n` : `id: ${id}\n\n`),
    beat: () => write(': still here\n\n'),
    end: () => raw.end(),
  });
  raw.on('close', () => {
    leave();
    over();
  });
}

function lastEventId({ headers }: FastifyRequest): string | null {
  const given = headers['last-event-id'];
  return typeof given === 'string' && given !== '' ? given : null;
}
