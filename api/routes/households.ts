// Households: where appliances stand.
import { Household, NewHousehold, page } from '#contracts';
import { actorOf, createHousehold, listHouseholds } from '#registry';
import { IdPage, type Routes } from '../route.ts';
import { householdScope } from '../scopes.ts';
import { allow, viewerOf } from '../wall.ts';

export const householdRoutes: Routes = (app, deps) => {
  app.get(
    '/households',
    {
      config: allow('list-households'),
      schema: {
        operationId: 'listHouseholds',
        summary: 'My households; service staff see all',
        tags: ['People'],
        querystring: IdPage,
        response: { 200: page(Household) },
      },
    },
    (request) => listHouseholds(deps.sql, householdScope(viewerOf(request)), request.query),
  );

  app.post(
    '/households',
    {
      config: allow('create-household'),
      schema: {
        operationId: 'createHousehold',
        summary: 'Add a household; who is no staff becomes its owner',
        tags: ['People'],
        body: NewHousehold,
        response: { 201: Household },
      },
    },
    async (request, reply) => {
      const viewer = viewerOf(request);
      const household = await createHousehold(deps.sql, {
        ...request.body,
        now: deps.clock.now(),
        by: actorOf(viewer),
        ...(viewer.organisation === null ? { owner: viewer.person } : { organisation: viewer.organisation }),
      });
      return reply.code(201).send(household);
    },
  );
};
