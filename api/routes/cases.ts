// Cases: the service's promise about one alert, with its visits and its timeline.
import { HandOver, Id, page, ServiceCase } from '#contracts';
import { caseById, handOverCase, listCases } from '#field-service';
import { actorOf, scopeOf } from '#registry';
import { freshLookups, objectKinds } from '../objects.ts';
import { notFound } from '../problems.ts';
import { ById, type Routes, TimePage } from '../route.ts';
import { organisationOf } from '../scopes.ts';
import { allow, allowOn, viewerOf } from '../wall.ts';

export const caseRoutes: Routes = (app, deps) => {
  const { serviceCase } = objectKinds(deps.sql, freshLookups(deps.sql, deps.clock));

  app.get(
    '/cases',
    {
      config: allow('list-cases'),
      schema: {
        operationId: 'listCases',
        summary: 'Cases, newest first; a technician sees those he has a visit in',
        tags: ['Field service'],
        querystring: TimePage.extend({ appliance: Id.optional() }),
        response: { 200: page(ServiceCase) },
      },
    },
    (request) => listCases(deps.sql, scopeOf(viewerOf(request)), { ...request.query, now: deps.clock.now() }),
  );

  app.get(
    '/cases/:id',
    {
      config: allowOn('read-case', serviceCase),
      schema: {
        operationId: 'getCase',
        summary: 'One case',
        tags: ['Field service'],
        params: ById,
        response: { 200: ServiceCase },
      },
    },
    async (request) => {
      const found = await caseById(deps.sql, request.params.id);
      if (!found) throw notFound();
      return found;
    },
  );

  app.post(
    '/cases/:id/hand-over',
    {
      config: allowOn('hand-over-case', serviceCase),
      schema: {
        operationId: 'handOverCase',
        summary:
          'Hand a case to a partner firm, or take it back with null; visits are offered to the other technicians',
        tags: ['Field service'],
        params: ById,
        body: HandOver,
        response: { 200: ServiceCase },
      },
    },
    async (request) => {
      const viewer = viewerOf(request);
      const { id } = request.params;
      await handOverCase(deps.fieldService, {
        case: id,
        to: request.body.organisation,
        organisation: organisationOf(viewer),
        person: viewer.person,
        by: actorOf(viewer),
        now: deps.clock.now(),
      });
      const found = await caseById(deps.sql, id);
      if (!found) throw notFound();
      return found;
    },
  );
};
