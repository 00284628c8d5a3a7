// The first administrator, with the one-time link that the platform printed.
import { Person, SetUp } from '#contracts';
import { openSession, setUp } from '#registry';
import { giveSession } from '../cookies.ts';
import { LOG_INS_PER_MINUTE } from '../hardening.ts';
import { problem } from '../problems.ts';
import type { Routes } from '../route.ts';
import { PUBLIC } from '../wall.ts';

export const setupRoutes: Routes = (app, deps) => {
  app.post(
    '/setup',
    {
      config: { ...PUBLIC, rateLimit: { max: LOG_INS_PER_MINUTE } },
      schema: {
        operationId: 'setUp',
        summary: 'Make the first administrator; the answer sets the session cookie',
        tags: ['Account'],
        body: SetUp,
        response: { 201: Person },
      },
    },
    async (request, reply) => {
      const now = deps.clock.now();
      const person = await setUp(deps.sql, { ...request.body, now });
      if (!person) {
        throw problem('set-up-link-used', 'This link was used, or a newer one was printed.', {
          hint: 'Use the link that the platform printed when it was last started; with an administrator there is none.',
        });
      }
      giveSession(reply, await openSession(deps.sql, person.id, now), deps.publicUrl);
      return reply.code(201).send(person);
    },
  );
};
