// Households and their sites: where appliances stand.
import { Household, HouseholdEdit, Id, NewHousehold, NewSite, page, Site, SiteEdit } from '#contracts';
import {
  actorOf,
  addSite,
  createHousehold,
  editSite,
  householdById,
  listHouseholds,
  removeSite,
  renameHousehold,
  sitesOf,
} from '#registry';
import { freshLookups, objectKinds } from '../objects.ts';
import { notFound } from '../problems.ts';
import { ById, EMPTY, IdPage, type Routes, whole } from '../route.ts';
import { householdScope } from '../scopes.ts';
import { allow, allowOn, viewerOf } from '../wall.ts';

const tags = ['People'];
const BySite = ById.extend({ site: Id });

export const householdRoutes: Routes = (app, deps) => {
  const { household } = objectKinds(deps.sql, freshLookups(deps.sql, deps.clock));
  const edit = allowOn('edit-household', household);

  app.get(
    '/households',
    {
      config: allow('list-households'),
      schema: {
        operationId: 'listHouseholds',
        summary: 'My households; staff see those their organisation looks after',
        tags,
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
        summary: 'Add a household; who is no staff becomes its owner. Without a region it is found by postcode',
        tags,
        body: NewHousehold,
        response: { 201: Household },
      },
    },
    async (request, reply) => {
      const viewer = viewerOf(request);
      const made = await createHousehold(deps.sql, {
        ...request.body,
        now: deps.clock.now(),
        by: actorOf(viewer),
        ...(viewer.organisation === null ? { owner: viewer.person } : { organisation: viewer.organisation }),
      });
      return reply.code(201).send(made);
    },
  );

  app.get(
    '/households/:id',
    {
      config: allowOn('read-household', household),
      schema: {
        operationId: 'getHousehold',
        summary: 'One household',
        tags,
        params: ById,
        response: { 200: Household },
      },
    },
    async (request) => {
      const found = await householdById(deps.sql, request.params.id);
      if (!found) throw notFound();
      return found;
    },
  );

  app.patch(
    '/households/:id',
    {
      config: edit,
      schema: {
        operationId: 'editHousehold',
        summary: 'Rename a household',
        tags,
        params: ById,
        body: HouseholdEdit,
        response: { 200: Household },
      },
    },
    async (request) => {
      const by = { now: deps.clock.now(), by: actorOf(viewerOf(request)) };
      const renamed = await renameHousehold(deps.sql, { household: request.params.id, ...request.body, ...by });
      if (!renamed) throw notFound();
      return renamed;
    },
  );

  app.get(
    '/households/:id/sites',
    {
      config: allowOn('read-household', household),
      schema: {
        operationId: 'listSites',
        summary: 'The places of a household, the main one first',
        tags,
        params: ById,
        response: { 200: page(Site) },
      },
    },
    async (request) => whole(await sitesOf(deps.sql, request.params.id)),
  );

  app.post(
    '/households/:id/sites',
    {
      config: edit,
      schema: {
        operationId: 'addSite',
        summary: 'Add a place',
        tags,
        params: ById,
        body: NewSite,
        response: { 201: Site },
      },
    },
    async (request, reply) => {
      const by = { now: deps.clock.now(), by: actorOf(viewerOf(request)) };
      const made = await addSite(deps.sql, { household: request.params.id, ...request.body, ...by });
      return reply.code(201).send(made);
    },
  );

  app.patch(
    '/households/:id/sites/:site',
    {
      config: edit,
      schema: {
        operationId: 'editSite',
        summary: 'Change the address or the region of a place',
        tags,
        params: BySite,
        body: SiteEdit,
        response: { 200: Site },
      },
    },
    async (request) => {
      const { id, site } = request.params;
      const by = { now: deps.clock.now(), by: actorOf(viewerOf(request)) };
      const edited = await editSite(deps.sql, { household: id, site, ...request.body, ...by });
      if (!edited) throw notFound();
      return edited;
    },
  );

  app.delete(
    '/households/:id/sites/:site',
    {
      config: edit,
      schema: {
        operationId: 'removeSite',
        summary: 'Remove a place where no appliance stands',
        tags,
        params: BySite,
        response: { 204: EMPTY },
      },
    },
    async (request, reply) => {
      const { id, site } = request.params;
      const by = { now: deps.clock.now(), by: actorOf(viewerOf(request)) };
      if (!(await removeSite(deps.sql, { household: id, site, ...by }))) throw notFound();
      return reply.code(204).send();
    },
  );
};
