// The person who is logged in.
import { PasswordChange, Person, Preferences } from '#contracts';
import { actorOf, authenticateAgain, changePassword, personById, setPreferences } from '#registry';
import { sessionToken } from '../cookies.ts';
import { proofLimits, slowDown, succeeded } from '../log-in-throttle.ts';
import { notFound, problem } from '../problems.ts';
import { EMPTY, type Routes } from '../route.ts';
import { allow, viewerOf } from '../wall.ts';

export const meRoutes: Routes = (app, deps) => {
  app.get(
    '/me',
    {
      config: allow('read-own-account'),
      schema: { operationId: 'getMe', summary: 'Who I am', tags: ['Account'], response: { 200: Person } },
    },
    async (request) => {
      const person = await personById(deps.sql, viewerOf(request).person);
      if (!person) throw notFound();
      return person;
    },
  );

  app.patch(
    '/me',
    {
      config: allow('use-own-account'),
      schema: {
        operationId: 'setPreferences',
        summary: 'Change my language, time zone or unit of temperature',
        tags: ['Account'],
        body: Preferences,
        response: { 200: Person },
      },
    },
    async (request) => {
      const person = await setPreferences(deps.sql, viewerOf(request).person, request.body);
      if (!person) throw notFound();
      return person;
    },
  );

  app.put(
    '/me/password',
    {
      config: allow('use-own-account'),
      schema: {
        operationId: 'changePassword',
        summary: 'Change my password; my other sessions end',
        tags: ['Account'],
        body: PasswordChange,
        response: { 204: EMPTY },
      },
    },
    async (request, reply) => {
      const viewer = viewerOf(request);
      const limits = proofLimits(viewer.person);
      await slowDown(deps, reply, limits);
      const { current, password, code } = request.body;
      const [now, token] = [deps.clock.now(), sessionToken(request) ?? ''];
      const known = await authenticateAgain(deps.sql, { token, password: current, code, now });
      if (known === null) throw problem('wrong-password', 'This is not your password.');
      await succeeded(deps, limits);
      await changePassword(deps.sql, { person: viewer.person, password, keep: token, now, by: actorOf(viewer) });
      await deps.jobs.wake('notifications');
      return reply.code(204).send();
    },
  );
};
