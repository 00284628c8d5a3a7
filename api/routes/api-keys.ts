// API keys of whoever is logged in.
import type { z } from 'zod';
import { ApiKey, CreatedApiKey, iso, isoOrNull, NewApiKey, page } from '#contracts';
import { type ApiKeyRecord, actorOf, createApiKey, deleteApiKey, listApiKeys } from '#registry';
import { mustBeFresh } from '../fresh.ts';
import { notFound } from '../problems.ts';
import { ById, EMPTY, type Routes, whole } from '../route.ts';
import { allow, viewerOf } from '../wall.ts';

const tags = ['Account'];

export const apiKeyRoutes: Routes = (app, deps) => {
  app.get(
    '/api-keys',
    {
      config: allow('use-own-account'),
      schema: { operationId: 'listApiKeys', summary: 'My API keys', tags, response: { 200: page(ApiKey) } },
    },
    async (request) => whole((await listApiKeys(deps.sql, viewerOf(request).person)).map(view)),
  );

  app.post(
    '/api-keys',
    {
      config: { ...allow('use-own-account'), secretAnswer: true },
      schema: {
        operationId: 'createApiKey',
        summary: 'Make a key for a program that acts for me, within its scopes; the token is shown this once',
        tags,
        body: NewApiKey,
        response: { 201: CreatedApiKey },
      },
    },
    async (request, reply) => {
      await mustBeFresh(request, deps);
      const viewer = viewerOf(request);
      const { name, scopes, endsAt } = request.body;
      const { token, ...key } = await createApiKey(deps.sql, {
        person: viewer.person,
        name,
        scopes,
        ...(endsAt === undefined ? {} : { endsAt: Date.parse(endsAt) }),
        now: deps.clock.now(),
        by: actorOf(viewer),
      });
      return reply.code(201).send({ ...view(key), token });
    },
  );

  app.delete(
    '/api-keys/:id',
    {
      config: allow('use-own-account'),
      schema: {
        operationId: 'deleteApiKey',
        summary: 'Delete a key; it works no more from now on',
        tags,
        params: ById,
        response: { 204: EMPTY },
      },
    },
    async (request, reply) => {
      const viewer = viewerOf(request);
      const by = { now: deps.clock.now(), by: actorOf(viewer) };
      if (!(await deleteApiKey(deps.sql, { viewer, key: request.params.id, ...by }))) throw notFound();
      return reply.code(204).send();
    },
  );
};

const view = ({ id, name, scopes, createdAt, endsAt, usedAt }: ApiKeyRecord): z.infer<typeof ApiKey> => ({
  id,
  name,
  scopes,
  createdAt: iso(createdAt),
  endsAt: isoOrNull(endsAt),
  usedAt: isoOrNull(usedAt),
});
