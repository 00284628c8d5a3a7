// The person who is logged in.
import { Person, Preferences } from '#contracts';
import { personById, setPreferences } from '#registry';
import { notFound } from '../problems.ts';
import type { Routes } from '../route.ts';
import { allow, viewerOf } from '../wall.ts';

export const meRoutes: Routes = (app, deps) => {
  app.get(
    '/me',
    {
      config: allow('use-own-account'),
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
};
