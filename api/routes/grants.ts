// What an owner lets an independent repairer see for a while.
import { Grant, Id, NewGrant, page } from '#contracts';
import { actorOf, applianceById, grantAccess, listGrants, personById, revokeGrant } from '#registry';
import { mailLimits, slowDown } from '../log-in-throttle.ts';
import { freshLookups, objectKinds } from '../objects.ts';
import { notFound } from '../problems.ts';
import { ById, EMPTY, type Routes, whole } from '../route.ts';
import { allowOn, viewerOf } from '../wall.ts';

const tags = ['Appliances'];
const ByGrant = ById.extend({ grant: Id });

export const grantRoutes: Routes = (app, deps) => {
  const { appliance } = objectKinds(deps.sql, freshLookups(deps.sql, deps.clock));

  app.get(
    '/appliances/:id/grants',
    {
      config: allowOn('list-grants', appliance),
      schema: {
        operationId: 'listGrants',
        summary: 'Which repairers may look at an appliance, or could, newest first',
        tags,
        params: ById,
        response: { 200: page(Grant) },
      },
    },
    async (request) => {
      const record = await applianceById(deps.sql, request.params.id);
      const since = record?.ownedSince ?? 0;
      return whole(await listGrants(deps.sql, { appliance: request.params.id, since, now: deps.clock.now() }));
    },
  );

  app.post(
    '/appliances/:id/grants',
    {
      config: allowOn('grant-access', appliance),
      schema: {
        operationId: 'grantAccess',
        summary:
          'Let an independent repairer look at an appliance for some hours; who has no account is invited by mail',
        tags,
        params: ById,
        body: NewGrant,
        response: { 201: Grant },
      },
    },
    async (request, reply) => {
      const viewer = viewerOf(request);
      await slowDown(deps, reply, mailLimits(request, request.body.email));
      const grant = await grantAccess(deps.sql, {
        appliance: request.params.id,
        owner: viewer.person,
        ...request.body,
        language: (await personById(deps.sql, viewer.person))?.language ?? 'en',
        now: deps.clock.now(),
        by: actorOf(viewer),
      });
      await deps.jobs.wake('notifications');
      return reply.code(201).send(grant);
    },
  );

  app.delete(
    '/appliances/:id/grants/:grant',
    {
      config: allowOn('revoke-grant', appliance),
      schema: {
        operationId: 'revokeGrant',
        summary: 'Take a repairer’s access back, at once',
        tags,
        params: ByGrant,
        response: { 204: EMPTY },
      },
    },
    async (request, reply) => {
      const { id, grant } = request.params;
      const by = { now: deps.clock.now(), by: actorOf(viewerOf(request)) };
      if (!(await revokeGrant(deps.sql, { appliance: id, grant, ...by }))) throw notFound();
      return reply.code(204).send();
    },
  );
};
