// Figures for Prometheus: with the token, or from this machine itself when there is none.
import { createHash, timingSafeEqual } from 'node:crypto';
import type { FastifyRequest } from 'fastify';
import { z } from 'zod';
import type { ApiDeps } from '../deps.ts';
import type { Metrics } from '../metrics.ts';
import { notFound } from '../problems.ts';
import type { Api } from '../route.ts';
import { PUBLIC } from '../wall.ts';

const LOOPBACK = /^(::ffff:)?127\.|^::1$/;
/** A reverse proxy on this machine is no reason to show them to whoever it speaks for. */
const FORWARDED = ['forwarded', 'x-forwarded-for', 'x-forwarded-host', 'x-real-ip', 'via'];

export function metricsRoutes(app: Api, { metricsToken }: Pick<ApiDeps, 'metricsToken'>, metrics: Metrics): void {
  app.get(
    '/metrics',
    {
      config: { ...PUBLIC, rateLimit: false },
      schema: {
        operationId: 'getMetrics',
        summary:
          'Figures for Prometheus; needs the token of METRICS_TOKEN, or a caller on this machine when there is none',
        tags: ['Operation'],
        security: [],
        response: { 200: { description: 'Figures as text', content: { 'text/plain': { schema: z.string() } } } },
      },
    },
    async (request, reply) => {
      if (!mayRead(request, metricsToken)) throw notFound();
      return reply.type(metrics.contentType).send(await metrics.read());
    },
  );
}

function mayRead({ headers, socket }: FastifyRequest, token: string | undefined): boolean {
  if (token !== undefined) return isSame(headers.authorization ?? '', `Bearer ${token}`);
  return LOOPBACK.test(socket.remoteAddress ?? '') && FORWARDED.every((name) => headers[name] === undefined);
}

const isSame = (given: string, wanted: string): boolean => timingSafeEqual(digest(given), digest(wanted));
const digest = (text: string): Buffer => createHash('sha256').update(text).digest();
