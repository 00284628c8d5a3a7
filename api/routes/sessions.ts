// Log in and out; who is logged in where.
import { iso, LogIn, Person, page, Reauthentication, SessionView } from '#contracts';
import { authenticateAgain, endSession, endSessions, listSessions, logIn, logOut } from '#registry';
import { giveSession, sessionToken, takeSession } from '../cookies.ts';
import { LOG_INS_PER_MINUTE } from '../hardening.ts';
import { logInLimits, proofLimits, slowDown, succeeded } from '../log-in-throttle.ts';
import { notFound, problem } from '../problems.ts';
import { ById, EMPTY, type Routes, whole } from '../route.ts';
import { allow, PUBLIC, viewerOf } from '../wall.ts';

const TOO_MANY = { code: 'too-many-log-ins', title: 'Too many log-ins failed.' };

export const sessionRoutes: Routes = (app, deps) => {
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
      const limits = logInLimits(request, request.body.email);
      await slowDown(deps, reply, limits, TOO_MANY);
      const session = await logIn(deps.sql, { ...request.body, now: deps.clock.now() });
      if (!session) throw problem('wrong-log-in', 'Mail address and password do not fit together.');
      await succeeded(deps, limits);
      giveSession(reply, session.token, deps.publicUrl);
      return reply.code(201).send(session.person);
    },
  );

  app.get(
    '/sessions',
    {
      config: allow('use-own-account'),
      schema: {
        operationId: 'listSessions',
        summary: 'Where I am logged in',
        tags: ['Account'],
        response: { 200: page(SessionView) },
      },
    },
    async (request) => {
      const sessions = await listSessions(deps.sql, viewerOf(request).person, sessionToken(request), deps.clock.now());
      return whole(
        sessions.map(({ id, createdAt, seenAt, endsAt, current }) => ({
          id,
          createdAt: iso(createdAt),
          seenAt: iso(seenAt),
          endsAt: iso(endsAt),
          current,
        })),
      );
    },
  );

  app.delete(
    '/sessions',
    {
      config: allow('use-own-account'),
      schema: {
        operationId: 'logOutEverywhere',
        summary: 'Log out everywhere, here too',
        tags: ['Account'],
        response: { 204: EMPTY },
      },
    },
    async (request, reply) => {
      await deps.sql.transaction((tx) => endSessions(tx, viewerOf(request).person));
      return takeSession(reply).code(204).send();
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

  app.delete(
    '/sessions/:id',
    {
      config: allow('use-own-account'),
      schema: {
        operationId: 'endSession',
        summary: 'End one of my sessions',
        tags: ['Account'],
        params: ById,
        response: { 204: EMPTY },
      },
    },
    async (request, reply) => {
      const ended = await endSession(deps.sql, { person: viewerOf(request).person, session: request.params.id });
      if (!ended) throw notFound();
      return reply.code(204).send();
    },
  );

  app.post(
    '/sessions/current/authentication',
    {
      config: { ...allow('use-own-account'), rateLimit: { max: LOG_INS_PER_MINUTE } },
      schema: {
        operationId: 'authenticateAgain',
        summary: 'Give the password again, for what asks for it; good for ten minutes',
        tags: ['Account'],
        body: Reauthentication,
        response: { 204: EMPTY },
      },
    },
    async (request, reply) => {
      const limits = proofLimits(viewerOf(request).person);
      await slowDown(deps, reply, limits);
      const token = sessionToken(request) ?? '';
      const known = await authenticateAgain(deps.sql, { ...request.body, token, now: deps.clock.now() });
      if (known === null) throw problem('wrong-password', 'This is not your password.');
      await succeeded(deps, limits);
      return reply.code(204).send();
    },
  );
};
