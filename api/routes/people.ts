// People of the platform; the administrator makes their accounts.
import { NewPerson, Person, page } from '#contracts';
import { createPerson, listPeople } from '#registry';
import { IdPage, type Routes } from '../route.ts';
import { allow } from '../wall.ts';

export const peopleRoutes: Routes = (app, deps) => {
  app.get(
    '/people',
    {
      config: allow('list-people'),
      schema: {
        operationId: 'listPeople',
        summary: 'All accounts',
        tags: ['People'],
        querystring: IdPage,
        response: { 200: page(Person) },
      },
    },
    (request) => listPeople(deps.sql, request.query),
  );

  app.post(
    '/people',
    {
      config: allow('create-person'),
      schema: {
        operationId: 'createPerson',
        summary: 'Make an account',
        tags: ['People'],
        body: NewPerson,
        response: { 201: Person },
      },
    },
    async (request, reply) => {
      const person = await createPerson(deps.sql, { ...request.body, now: deps.clock.now() });
      return reply.code(201).send(person);
    },
  );
};
