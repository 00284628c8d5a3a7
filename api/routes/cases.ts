// Cases: the service's promise about one alert, with its visits and its timeline.
import { Id, page, ServiceCase } from '#contracts';
import { caseById, listCases } from '#field-service';
import { scopeOf } from '#registry';
import { freshLookups, objectKinds } from '../objects.ts';
import { notFound } from '../problems.ts';
import { ById, type Routes, TimePage } from '../route.ts';
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
};
