// People of the platform; the administrator makes their accounts.
import type { z } from 'zod';
import { NewPerson, Person, page, Role } from '#contracts';
import {
  actorOf,
  createPerson,
  listPeople,
  NOBODYS,
  organisationById,
  type PolicyObject,
  type Viewer,
} from '#registry';
import type { ApiDeps } from '../deps.ts';
import { IdPage, type Routes } from '../route.ts';
import { organisationOf } from '../scopes.ts';
import { allow, allowFor, viewerOf } from '../wall.ts';

export const peopleRoutes: Routes = (app, deps) => {
  app.get(
    '/people',
    {
      config: allow('list-people'),
      schema: {
        operationId: 'listPeople',
        summary: 'Accounts of my organisation and its partners',
        tags: ['People'],
        querystring: IdPage.extend({ role: Role.optional() }),
        response: { 200: page(Person) },
      },
    },
    (request) => listPeople(deps.sql, organisationOf(viewerOf(request)), request.query),
  );

  app.post(
    '/people',
    {
      config: allowFor('create-person', (body: z.infer<typeof NewPerson>, viewer) => employer(deps, body, viewer)),
      schema: {
        operationId: 'createPerson',
        summary: 'Make an account',
        tags: ['People'],
        body: NewPerson,
        response: { 201: Person },
      },
    },
    async (request, reply) => {
      const viewer = viewerOf(request);
      const person = await createPerson(deps.sql, {
        ...request.body,
        organisation: request.body.organisation ?? organisationOf(viewer),
        now: deps.clock.now(),
        by: actorOf(viewer),
      });
      return reply.code(201).send(person);
    },
  );
};

/** An account for staff belongs to the organisation it is made for, and to the brand that firm works for. */
async function employer(
  deps: ApiDeps,
  { organisation }: z.infer<typeof NewPerson>,
  viewer: Viewer,
): Promise<PolicyObject> {
  const known = organisation === undefined ? null : await organisationById(deps.sql, organisation);
  const organisations = organisation === undefined ? [viewer.organisation] : [known?.id ?? null, known?.parent ?? null];
  return { ...NOBODYS, organisations: organisations.filter((id) => id !== null) };
}
