// The built web: files with a hash in their name stay in the browser's cache, every other path is a page of the app.
import { sep } from 'node:path';
import fastifyStatic from '@fastify/static';
import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify';
import { problem, said, sendProblem } from './problems.ts';
import { PUBLIC } from './wall.ts';

export async function serveWeb(app: FastifyInstance, webRoot: string | null): Promise<void> {
  if (webRoot !== null) await app.register(files, { webRoot });
  app.setNotFoundHandler({ preHandler: app.rateLimit() }, (request, reply) => {
    if (webRoot !== null && wantsPage(request)) return page(reply);
    return sendProblem(reply, said(problem('no-such-route', 'There is no such route.')));
  });
}

async function files(app: FastifyInstance, { webRoot }: { webRoot: string }): Promise<void> {
  app.addHook('onRoute', (route) => {
    route.config = { ...route.config, ...PUBLIC };
  });
  await app.register(fastifyStatic, {
    root: webRoot,
    dotfiles: 'ignore',
    cacheControl: false,
    schemaHide: true,
    setHeaders: (reply, path) => {
      const hashed = path.includes(`${sep}assets${sep}`);
      reply.header('cache-control', hashed ? 'public, max-age=31536000, immutable' : 'no-cache');
    },
  });
}

const wantsPage = ({ method, url, headers }: FastifyRequest): boolean =>
  (method === 'GET' || method === 'HEAD') &&
  !url.startsWith('/api/') &&
  !url.startsWith('/assets/') &&
  (headers.accept ?? '*/*').match(/text\/html|\*\/\*/) !== null;

const page = (reply: FastifyReply): FastifyReply => reply.sendFile('index.html');
