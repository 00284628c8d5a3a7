// Log in and out.
import { LogIn, Person } from '#contracts';
import { logIn, logOut } from '#registry';
import { giveSession, sessionToken, takeSession } from '../cookies.ts';
import { LOG_INS_PER_MINUTE } from '../hardening.ts';
import { LogInThrottle } from '../log-in-throttle.ts';
import { problem } from '../problems.ts';
import { EMPTY, type Routes } from '../route.ts';
import { allow, PUBLIC } from '../wall.ts';

export const sessionRoutes: Routes = (app, deps) => {
  const throttle = new LogInThrottle();

  app.post(
    '/sessions',
    {
      config: { ...PUBLIC, rateLimit: { max: LOG_INS_PER_MINUTE } },
      schema: {
        operationId: 'logIn',
        summary: 'Log in; the answer sets the session cookie',
        tags: ['Account'],
        body: LogIn,
        response: { 201: Person },
      },
    },
    async (request, reply) => {
      const now = deps.clock.now();
      const key = `${request.body.email.toLowerCase()} ${request.ip}`;
      const waitMs = throttle.attempt(key, now);
      if (waitMs > 0) {
        reply.header('retry-after', String(Math.ceil(waitMs / 1000)));
        throw problem('too-many-log-ins', 'Too many log-ins failed.', {
          hint: `Try again in ${Math.ceil(waitMs / 60_000)} minutes.`,
        });
      }
      const session = await logIn(deps.sql, { ...request.body, now });
      if (!session) throw problem('wrong-log-in', 'Mail address and password do not fit together.');
      throttle.succeeded(key);
      giveSession(reply, session.token, deps.publicUrl);
      return reply.code(201).send(session.person);
    },
  );

  app.delete(
    '/sessions/current',
    {
      config: allow('use-own-account'),
      schema: { operationId: 'logOut', summary: 'Log out', tags: ['Account'], response: { 204: EMPTY } },
    },
    async (request, reply) => {
      await logOut(deps.sql, sessionToken(request) ?? '');
      return takeSession(reply).code(204).send();
    },
  );
};
