// Webhooks: who is told over HTTP when something changes, and how the telling goes.
import {
  CreatedWebhook,
  NewWebhook,
  page,
  RotateWebhookSecret,
  Webhook,
  WebhookDelivery,
  WebhookEdit,
  WebhookSecret,
} from '#contracts';
import type { Viewer } from '#registry';
import type { ApiDeps } from '../deps.ts';
import { notFound, problem } from '../problems.ts';
import { ById, EMPTY, type Routes, whole } from '../route.ts';
import { allow, allowFor, allowOn, type ObjectKind, viewerOf } from '../wall.ts';
import { listDeliveries } from '../webhooks/deliveries.ts';
import { createWebhook, editWebhook, type Owner, removeWebhook, rotateSecret, sendPing } from '../webhooks/edit.ts';
import { webhookById, webhookObject, webhooksOf, webhookView } from '../webhooks/records.ts';

const LIVE_FIELDS = ['arrivedAt'] as const;

export const webhookRoutes: Routes = (app, deps) => {
  const webhook = webhookKind(deps);

  app.get(
    '/webhooks',
    {
      config: allow('list-webhooks'),
      schema: {
        operationId: 'listWebhooks',
        summary: 'Endpoints of my organisation, or of the households that I own',
        tags: ['Webhooks'],
        response: { 200: page(Webhook) },
      },
    },
    async (request) => {
      const records = await webhooksOf(deps.sql, viewerOf(request));
      return whole(await Promise.all(records.map((record) => webhookView(deps.sql, record))));
    },
  );

  app.post(
    '/webhooks',
    {
      config: {
        ...allowFor('create-webhook', (body: NewWebhook, viewer) => webhookObject(wholeOwner(ownerOf(body, viewer)))),
        secretAnswer: true,
      },
      schema: {
        operationId: 'createWebhook',
        summary: 'Have changes sent to an address; its secret is shown this once',
        tags: ['Webhooks'],
        body: NewWebhook,
        response: { 201: CreatedWebhook },
      },
    },
    async (request, reply) => {
      const viewer = viewerOf(request);
      const owner = ownerOf(request.body, viewer);
      if (!owner) throw notFound();
      return reply.code(201).send(await createWebhook(deps, { viewer, owner, body: request.body }));
    },
  );

  app.get(
    '/webhooks/:id',
    {
      config: { ...allowOn('edit-webhook', webhook), liveFields: LIVE_FIELDS },
      schema: {
        operationId: 'getWebhook',
        summary: 'One endpoint',
        tags: ['Webhooks'],
        params: ById,
        response: { 200: Webhook },
      },
    },
    (request) => shown(deps, request.params.id),
  );

  app.patch(
    '/webhooks/:id',
    {
      config: allowOn('edit-webhook', webhook),
      schema: {
        operationId: 'editWebhook',
        summary: 'Change its address or events, or switch it off and on; what happened while it was off is not told',
        tags: ['Webhooks'],
        params: ById,
        body: WebhookEdit,
        response: { 200: Webhook },
      },
    },
    async (request) => {
      await editWebhook(deps, { id: request.params.id, viewer: viewerOf(request), edit: request.body });
      return shown(deps, request.params.id);
    },
  );

  app.delete(
    '/webhooks/:id',
    {
      config: allowOn('edit-webhook', webhook),
      schema: {
        operationId: 'removeWebhook',
        summary: 'Remove it, with what waits to be sent',
        tags: ['Webhooks'],
        params: ById,
        response: { 204: EMPTY },
      },
    },
    async (request, reply) => {
      await removeWebhook(deps, { id: request.params.id, viewer: viewerOf(request) });
      return reply.code(204).send();
    },
  );

  app.post(
    '/webhooks/:id/test',
    {
      config: allowOn('edit-webhook', webhook),
      schema: {
        operationId: 'testWebhook',
        summary: 'Send a "ping" at once; how it went stands in its deliveries',
        tags: ['Webhooks'],
        params: ById,
        response: { 202: WebhookDelivery },
      },
    },
    async (request, reply) => {
      const delivery = await sendPing(deps, { id: request.params.id, viewer: viewerOf(request) });
      await deps.jobs.wake('webhooks');
      return reply.code(202).send(delivery);
    },
  );

  app.get(
    '/webhooks/:id/deliveries',
    {
      config: allowOn('edit-webhook', webhook),
      schema: {
        operationId: 'listWebhookDeliveries',
        summary: 'The last 100 messages, newest first: whether they arrived, and when the next try is',
        tags: ['Webhooks'],
        params: ById,
        response: { 200: page(WebhookDelivery) },
      },
    },
    async (request) => whole(await listDeliveries(deps.sql, request.params.id)),
  );

  app.post(
    '/webhooks/:id/secret',
    {
      config: { ...allowOn('edit-webhook', webhook), secretAnswer: true },
      schema: {
        operationId: 'rotateWebhookSecret',
        summary: 'A new secret, shown this once; the old one signs beside it for a while',
        tags: ['Webhooks'],
        params: ById,
        body: RotateWebhookSecret,
        response: { 200: WebhookSecret },
      },
    },
    (request) => rotateSecret(deps, { id: request.params.id, viewer: viewerOf(request), ...request.body }),
  );
};

const webhookKind = ({ sql }: Pick<ApiDeps, 'sql'>): ObjectKind => ({
  read: 'edit-webhook',
  async load(id) {
    const found = await webhookById(sql, id);
    return found && webhookObject(found);
  },
});

/** Staff: their organisation. Owners: the household they name, which they need not when there is one. */
function ownerOf(body: NewWebhook, viewer: Viewer): Owner | null {
  if (viewer.role === 'owner') {
    const household = body.household ?? viewer.households[0]?.household;
    return household === undefined ? null : { household };
  }
  if (body.household !== undefined) {
    throw problem('invalid-request', 'Only an owner has things of a household sent.', {
      hint: 'Leave "household" out: the endpoint is told of what your organisation looks after.',
    });
  }
  return viewer.organisation === null ? null : { organisation: viewer.organisation };
}

const wholeOwner = (owner: Owner | null) => ({ household: null, organisation: null, ...owner });

async function shown({ sql }: Pick<ApiDeps, 'sql'>, id: string): Promise<Webhook> {
  const found = await webhookById(sql, id);
  if (!found) throw notFound();
  return webhookView(sql, found);
}
