// Why and why not: what diagnosis held an appliance to be at a time; and what is usual for healthy appliances of a model.
import { Cohort, Explanation, ExplanationQuery, page } from '#contracts';
import { applianceById, loadModels } from '#registry';
import { freshLookups, objectKinds, theInstallation } from '../objects.ts';
import { notFound } from '../problems.ts';
import { ById, type Routes, whole } from '../route.ts';
import { organisationOf, visibleSince } from '../scopes.ts';
import { cohortViews, explanationView } from '../views/explanation.ts';
import { allowFor, allowOn, viewerOf } from '../wall.ts';

export const explanationRoutes: Routes = (app, deps) => {
  const { appliance } = objectKinds(deps.sql, freshLookups(deps.sql, deps.clock));

  app.get(
    '/appliances/:id/diagnosis',
    {
      config: allowOn('read-readings', appliance),
      schema: {
        operationId: 'explainAppliance',
        summary: 'Why and why not: what diagnosis held the appliance to be at a time, worked out from its history',
        description: 'It takes seconds: five weeks of history are run through the rules that were live at that time.',
        tags: ['Appliances'],
        params: ById,
        querystring: ExplanationQuery,
        response: { 200: Explanation },
      },
    },
    async (request) => {
      const viewer = viewerOf(request);
      const record = await applianceById(deps.sql, request.params.id);
      if (!record) throw notFound();
      const { at: asked } = request.query;
      const now = deps.clock.now();
      const at = asked === undefined ? now : Math.min(now, Date.parse(asked));
      const { id, model } = record;
      const { kind } = loadModels().get(model)!;
      const since = visibleSince(viewer, record);
      const explained = await deps.explain({ appliance: id, kind, model, at, since });
      return explanationView({ appliance: id, at, explained }, viewer.role === 'owner');
    },
  );

  app.get(
    '/cohorts',
    {
      config: allowFor('read-rules', () => theInstallation(deps.sql)),
      schema: {
        operationId: 'listCohorts',
        summary: 'What is usual for healthy appliances of each model, and which appliances lie far from it',
        tags: ['Rules'],
        response: { 200: page(Cohort) },
      },
    },
    async (request) => whole(await cohortViews(deps.sql, organisationOf(viewerOf(request)))),
  );
};
