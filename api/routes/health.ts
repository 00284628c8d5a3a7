// For whoever watches the process: is it alive, can it serve.
import { z } from 'zod';
import { maySucceed } from '../ready.ts';
import type { Routes } from '../route.ts';
import { PUBLIC } from '../wall.ts';

const Ready = z.object({ ok: z.boolean(), checks: z.record(z.string(), z.string()) });

export const healthRoutes: Routes = (app, deps) => {
  app.get(
    '/healthz',
    {
      config: { ...PUBLIC, rateLimit: false },
      schema: {
        operationId: 'isAlive',
        summary: 'The process answers',
        tags: ['Operation'],
        security: [],
        response: { 200: z.object({ ok: z.boolean() }) },
      },
    },
    async () => ({ ok: true }),
  );

  app.get(
    '/readyz',
    {
      config: { ...PUBLIC, rateLimit: false },
      schema: {
        operationId: 'isReady',
        summary: 'Every part is up; says which is not, and what is worth a look',
        tags: ['Operation'],
        security: [],
        response: { 200: Ready, 503: Ready },
      },
    },
    async (_request, reply) => {
      const checks = await deps.ready();
      const ok = maySucceed(checks);
      return reply.code(ok ? 200 : 503).send({ ok, checks });
    },
  );
};
