// What stands in front of everything: headers, limits, and the check where a changing request comes from.
import cookie from '@fastify/cookie';
import helmet from '@fastify/helmet';
import rateLimit from '@fastify/rate-limit';
import type { FastifyInstance, FastifyRequest } from 'fastify';
import { MINUTE } from '#runtime';
import { isSecure } from './cookies.ts';
import { problem } from './problems.ts';

/** One address, e.g. an office behind one router, with several pages open that ask again after each live change. */
const REQUESTS_PER_MINUTE = 1_200;
export const LOG_INS_PER_MINUTE = 60;

const SAFE_METHODS = new Set(['GET', 'HEAD', 'OPTIONS']);

export async function harden(app: FastifyInstance, { publicUrl }: { publicUrl: string }): Promise<void> {
  const secure = isSecure(publicUrl);
  await app.register(cookie);
  await app.register(helmet, {
    contentSecurityPolicy: {
      directives: {
        defaultSrc: ["'self'"],
        scriptSrc: ["'self'"],
        // Charts set style attributes.
        styleSrc: ["'self'", "'unsafe-inline'"],
        imgSrc: ["'self'", 'data:'],
        connectSrc: ["'self'"],
        objectSrc: ["'none'"],
        frameAncestors: ["'none'"],
        // On a local network there is often no TLS; asking for it would leave the page blank.
        upgradeInsecureRequests: secure ? [] : null,
      },
    },
    strictTransportSecurity: secure,
    crossOriginOpenerPolicy: secure,
    originAgentCluster: secure,
  });
  await app.register(rateLimit, { max: REQUESTS_PER_MINUTE, timeWindow: MINUTE });
  const home = new URL(publicUrl).origin;
  app.addHook('onRequest', async (request, reply) => {
    if (request.url.startsWith('/api/')) reply.header('cache-control', 'no-store');
    if (!SAFE_METHODS.has(request.method) && isForeign(request, home)) {
      throw problem('foreign-origin', 'This request comes from a page of another site.');
    }
  });
}

/** Browsers always say where a changing request comes from; a client without an Origin is no browser and carries no one's cookie. */
function isForeign(request: FastifyRequest, home: string): boolean {
  const { origin, host, 'sec-fetch-site': site } = request.headers;
  if (origin === undefined) return site === 'cross-site' || site === 'same-site';
  if (origin === home) return false;
  return !URL.canParse(origin) || new URL(origin).host !== host;
}
