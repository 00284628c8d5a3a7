// Gateways: what speaks for several appliances over one connection.
import { z } from 'zod';
import { CreatedGateway, Gateway, Id, iso, NewGateway, page } from '#contracts';
import {
  actorOf,
  attachAppliance,
  createGateway,
  detachAppliance,
  type GatewayScope,
  gatewayById,
  homeOrganisation,
  listGateways,
  may,
  NOBODYS,
  organisationsOfHousehold,
  type PolicyObject,
  type Gateway as RegisteredGateway,
  scopeOf,
  type Viewer,
} from '#registry';
import type { Sql } from '#runtime';
import { notFound, problem } from '../problems.ts';
import { ById, EMPTY, IdPage, type Routes } from '../route.ts';
import { allow, allowFor, allowOn, type ObjectKind, viewerOf } from '../wall.ts';
import { credentialsOf, ofItsBrand } from './credentials.ts';

const Behind = z.object({ id: Id, appliance: Id });
const TAGS = ['Gateways'];

export const gatewayRoutes: Routes = (app, deps) => {
  const { sql, clock } = deps;
  const kind = gatewayKind(sql);
  const appliances = ofItsBrand(deps);
  const change = (request: { params: z.infer<typeof Behind> } & Parameters<typeof viewerOf>[0]) => ({
    gateway: request.params.id,
    appliance: request.params.appliance,
    by: actorOf(viewerOf(request)),
    now: clock.now(),
  });
  credentialsOf(app, deps, {
    path: '/gateways',
    holder: 'gateway',
    name: 'Gateway',
    kind,
    actions: { read: 'read-credentials', issue: 'edit-gateway', revoke: 'edit-gateway' },
  });

  app.get(
    '/gateways',
    {
      config: allow('list-gateways'),
      schema: {
        operationId: 'listGateways',
        summary: 'My gateways; staff see those of their organisation',
        tags: TAGS,
        querystring: IdPage,
        response: { 200: page(Gateway) },
      },
    },
    async (request) => {
      const { items, next } = await listGateways(sql, gatewayScope(viewerOf(request)), request.query);
      return { items: items.map(toView), next };
    },
  );

  app.post(
    '/gateways',
    {
      config: {
        ...allowFor('create-gateway', async (body: z.infer<typeof NewGateway>, viewer) =>
          placeOf(sql, body.household, viewer),
        ),
        secretAnswer: true,
      },
      schema: {
        operationId: 'createGateway',
        summary: 'Add a gateway; its secret is shown this once',
        tags: TAGS,
        body: NewGateway,
        response: { 201: CreatedGateway },
      },
    },
    async (request, reply) => {
      const viewer = viewerOf(request);
      const { household = null, serial = null } = request.body;
      const organisation = viewer.organisation ?? (await homeOrganisation(sql)).id;
      const fields = { organisation, household, serial, by: actorOf(viewer), now: clock.now(), pepper: deps.pepper };
      return reply.code(201).send(await createGateway(sql, fields));
    },
  );

  app.get(
    '/gateways/:id',
    {
      config: allowOn('read-gateway', kind),
      schema: {
        operationId: 'getGateway',
        summary: 'One gateway, and what stands behind it',
        tags: TAGS,
        params: ById,
        response: { 200: Gateway },
      },
    },
    async (request) => {
      const gateway = await gatewayById(sql, request.params.id);
      if (!gateway) throw notFound();
      return toView(gateway);
    },
  );

  app.put(
    '/gateways/:id/appliances/:appliance',
    {
      config: allowOn('edit-gateway', kind),
      schema: {
        operationId: 'attachAppliance',
        summary: 'Let the gateway speak for an appliance, and no other gateway any more',
        tags: TAGS,
        params: Behind,
        response: { 204: EMPTY },
      },
    },
    async (request, reply) => {
      await mayLetOthersSpeakFor(request.params.appliance, viewerOf(request), appliances);
      await attachAppliance(sql, change(request));
      return reply.code(204).send();
    },
  );

  app.delete(
    '/gateways/:id/appliances/:appliance',
    {
      config: allowOn('edit-gateway', kind),
      schema: {
        operationId: 'detachAppliance',
        summary: 'The gateway speaks for this appliance no more',
        tags: TAGS,
        params: Behind,
        response: { 204: EMPTY },
      },
    },
    async (request, reply) => {
      if (!(await detachAppliance(sql, change(request)))) throw notFound();
      return reply.code(204).send();
    },
  );
};

/** To attach it is to give a credential for it to the gateway. */
async function mayLetOthersSpeakFor(appliance: Id, viewer: Viewer, kind: ObjectKind): Promise<void> {
  const object = await kind.load(appliance, viewer);
  if (!object || !may(viewer, kind.read, object)) throw notFound();
  if (!may(viewer, 'issue-credential', object)) throw problem('not-allowed', 'Your role does not allow this.');
}

const gatewayKind = (sql: Sql): ObjectKind => ({
  read: 'read-gateway',
  async load(id) {
    const gateway = await gatewayById(sql, id);
    return gateway && { ...NOBODYS, household: gateway.household, organisations: [gateway.organisation] };
  },
});

async function placeOf(sql: Sql, household: Id | undefined, viewer: Viewer): Promise<PolicyObject> {
  if (household === undefined) {
    return { ...NOBODYS, organisations: viewer.organisation === null ? [] : [viewer.organisation] };
  }
  return { ...NOBODYS, household, organisations: await organisationsOfHousehold(sql, household) };
}

function gatewayScope(viewer: Viewer): GatewayScope {
  const scope = scopeOf(viewer);
  return 'organisation' in scope || 'households' in scope ? scope : { households: [] };
}

const toView = ({ createdAt, ...gateway }: RegisteredGateway): Gateway => ({ ...gateway, createdAt: iso(createdAt) });
