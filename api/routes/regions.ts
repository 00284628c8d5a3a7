// Regions: areas that technicians work in, known by postcodes.
import { ByRegion, page, Region, RegionEdit } from '#contracts';
import { actorOf, deleteRegion, listRegions, putRegion } from '#registry';
import { notFound } from '../problems.ts';
import { EMPTY, type Routes, whole } from '../route.ts';
import { organisationOf } from '../scopes.ts';
import { allow, viewerOf } from '../wall.ts';

const tags = ['Field service'];

export const regionRoutes: Routes = (app, deps) => {
  app.get(
    '/regions',
    {
      config: allow('list-regions'),
      schema: {
        operationId: 'listRegions',
        summary: 'Regions of my organisation, and of the brand it works for',
        tags,
        response: { 200: page(Region) },
      },
    },
    async (request) => whole(await listRegions(deps.sql, organisationOf(viewerOf(request)))),
  );

  app.put(
    '/regions/:code',
    {
      config: allow('edit-region'),
      schema: {
        operationId: 'putRegion',
        summary: 'Make or change a region of my organisation',
        tags,
        params: ByRegion,
        body: RegionEdit,
        response: { 200: Region },
      },
    },
    (request) => {
      const viewer = viewerOf(request);
      return putRegion(deps.sql, {
        organisation: organisationOf(viewer),
        ...request.params,
        ...request.body,
        now: deps.clock.now(),
        by: actorOf(viewer),
      });
    },
  );

  app.delete(
    '/regions/:code',
    {
      config: allow('edit-region'),
      schema: {
        operationId: 'deleteRegion',
        summary: 'Remove a region; households and technicians keep its code',
        tags,
        params: ByRegion,
        response: { 204: EMPTY },
      },
    },
    async (request, reply) => {
      const viewer = viewerOf(request);
      const gone = await deleteRegion(deps.sql, {
        organisation: organisationOf(viewer),
        code: request.params.code,
        now: deps.clock.now(),
        by: actorOf(viewer),
      });
      if (!gone) throw notFound();
      return reply.code(204).send();
    },
  );
};
