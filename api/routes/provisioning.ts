// Provisioning keys: what a batch of new units shares until each has a credential of its own.
import { CreatedProvisioningKey, iso, NewProvisioningKey, PROVISIONING_USER, ProvisioningKey, page } from '#contracts';
import {
  actorOf,
  createProvisioningKey,
  listProvisioningKeys,
  NOBODYS,
  organisationOfModel,
  provisioningKeyById,
  type ProvisioningKey as RegisteredKey,
  revokeProvisioningKey,
} from '#registry';
import type { Sql } from '#runtime';
import { problem } from '../problems.ts';
import { ById, EMPTY, IdPage, type Routes } from '../route.ts';
import { organisationOf } from '../scopes.ts';
import { allow, allowOn, type ObjectKind, viewerOf } from '../wall.ts';

const TAGS = ['Credentials'];

export const provisioningRoutes: Routes = (app, deps) => {
  const { sql, clock } = deps;

  app.get(
    '/provisioning-keys',
    {
      config: allow('list-provisioning-keys'),
      schema: {
        operationId: 'listProvisioningKeys',
        summary: 'Provisioning keys of my organisation, without their secrets',
        tags: TAGS,
        querystring: IdPage,
        response: { 200: page(ProvisioningKey) },
      },
    },
    async (request) => {
      const { items, next } = await listProvisioningKeys(sql, organisationOf(viewerOf(request)), request.query);
      return { items: items.map(toView), next };
    },
  );

  app.post(
    '/provisioning-keys',
    {
      config: { ...allow('create-provisioning-key'), secretAnswer: true },
      schema: {
        operationId: 'createProvisioningKey',
        summary: 'A key for a batch of new units; its secret is shown this once',
        tags: TAGS,
        body: NewProvisioningKey,
        response: { 201: CreatedProvisioningKey },
      },
    },
    async (request, reply) => {
      const viewer = viewerOf(request);
      const organisation = organisationOf(viewer);
      const { model, batch = null, serials = null, most, perMinute, endsAt } = request.body;
      if ((await organisationOfModel(sql, model)) !== organisation) {
        throw problem('not-allowed', 'Only the brand that looks after this model lets new units in.');
      }
      const now = clock.now();
      if (Date.parse(endsAt) <= now) throw problem('ended-already', 'This key would end before it begins.');
      const { id, secret } = await createProvisioningKey(sql, {
        organisation,
        model,
        batch,
        serials,
        most,
        perMinute,
        endsAt: Date.parse(endsAt),
        by: actorOf(viewer),
        now,
        pepper: deps.pepper,
      });
      return reply.code(201).send({ id, secret, userName: `${PROVISIONING_USER}${id}` });
    },
  );

  app.delete(
    '/provisioning-keys/:id',
    {
      config: allowOn('revoke-provisioning-key', keyKind(sql)),
      schema: {
        operationId: 'revokeProvisioningKey',
        summary: 'End a provisioning key now; units that are connected with it are cut within a second',
        tags: TAGS,
        params: ById,
        response: { 204: EMPTY },
      },
    },
    async (request, reply) => {
      const by = actorOf(viewerOf(request));
      await revokeProvisioningKey(sql, { key: request.params.id, by, now: clock.now() });
      return reply.code(204).send();
    },
  );
};

const keyKind = (sql: Sql): ObjectKind => ({
  read: 'revoke-provisioning-key',
  async load(id) {
    const key = await provisioningKeyById(sql, id);
    return key && { ...NOBODYS, organisations: [key.organisation] };
  },
});

const toView = ({ createdAt, endsAt, serials, ...key }: RegisteredKey): ProvisioningKey => ({
  ...key,
  serials: serials?.length ?? null,
  createdAt: iso(createdAt),
  endsAt: iso(endsAt),
});
