// Credentials of appliances and of gateways: look at, replace, revoke.
import { z } from 'zod';
import { CreatedCredential, Credential, Id, iso, isoOrNull, NewCredential, page } from '#contracts';
import {
  type Action,
  actorOf,
  applianceById,
  type Holder,
  issueCredential,
  listCredentials,
  openFirstContact,
  revokeAll,
  revokeCredential,
} from '#registry';
import type { ApiDeps } from '../deps.ts';
import { freshLookups, objectKinds } from '../objects.ts';
import { notFound } from '../problems.ts';
import { type Api, ById, EMPTY, type Routes, whole } from '../route.ts';
import { allowOn, type ObjectKind, viewerOf } from '../wall.ts';

const OneOf = z.object({ id: Id, credential: Id });

type Family = {
  /** e.g. "/appliances" */
  path: string;
  holder: Holder['kind'];
  /** Name in operation ids, e.g. "Appliance". */
  name: string;
  kind: ObjectKind;
  actions: { read: Action; issue: Action; revoke: Action };
};

/** The brand that looks after it decides, not a firm that mends it just now. */
export function ofItsBrand({ sql, clock }: Pick<ApiDeps, 'sql' | 'clock'>): ObjectKind {
  const { appliance } = objectKinds(sql, freshLookups(sql, clock));
  return {
    read: appliance.read,
    async load(id, viewer) {
      const [object, record] = await Promise.all([appliance.load(id, viewer), applianceById(sql, id)]);
      return object && record && { ...object, organisations: [record.organisation] };
    },
  };
}

export const credentialRoutes: Routes = (app, deps) => {
  const kind = ofItsBrand(deps);
  const actions = { read: 'read-credentials', issue: 'issue-credential', revoke: 'revoke-credential' } as const;
  credentialsOf(app, deps, { path: '/appliances', holder: 'appliance', name: 'Appliance', kind, actions });

  app.post(
    '/appliances/:id/first-contact',
    {
      // Whoever may let units in by the thousand may let one in again.
      config: allowOn('revoke-provisioning-key', kind),
      schema: {
        operationId: 'openFirstContact',
        summary: 'Let a unit that lost its credential get a new one with a provisioning key',
        tags: ['Credentials'],
        params: ById,
        response: { 204: EMPTY },
      },
    },
    async (request, reply) => {
      const by = actorOf(viewerOf(request));
      await openFirstContact(deps.sql, { appliance: request.params.id, by, now: deps.clock.now() });
      return reply.code(204).send();
    },
  );
};

export function credentialsOf(app: Api, deps: ApiDeps, { path, holder, name, kind, actions }: Family): void {
  const tags = ['Credentials'];
  const asked = (request: { params: { id: Id } } & Parameters<typeof viewerOf>[0]) => ({
    holder: { kind: holder, id: request.params.id },
    by: actorOf(viewerOf(request)),
    now: deps.clock.now(),
  });

  app.get(
    `${path}/:id/credentials`,
    {
      config: allowOn(actions.read, kind),
      schema: {
        operationId: `list${name}Credentials`,
        summary: 'Which credentials are good, without their secrets',
        tags,
        params: ById,
        response: { 200: page(Credential) },
      },
    },
    async (request) => whole(await views(deps, request.params.id)),
  );

  app.post(
    `${path}/:id/credentials`,
    {
      config: { ...allowOn(actions.issue, kind), secretAnswer: true },
      schema: {
        operationId: `issue${name}Credential`,
        summary: 'A new credential; the one in use stays good for a day. The secret is shown this once',
        tags,
        params: ById,
        body: NewCredential,
        response: { 201: CreatedCredential },
      },
    },
    async (request, reply) => {
      const { fingerprint } = request.body;
      const given = fingerprint === undefined ? {} : { fingerprint };
      const made = await issueCredential(deps.sql, { ...asked(request), ...given, pepper: deps.pepper });
      return reply.code(201).send({ ...made, overlapEndsAt: isoOrNull(made.overlapEndsAt) });
    },
  );

  app.delete(
    `${path}/:id/credentials/:credential`,
    {
      config: allowOn(actions.revoke, kind),
      schema: {
        operationId: `revoke${name}Credential`,
        summary: 'Revoke one credential; a connection that came with it is cut within a second',
        tags,
        params: OneOf,
        response: { 204: EMPTY },
      },
    },
    async (request, reply) => {
      const { credential } = request.params;
      if (!(await revokeCredential(deps.sql, { ...asked(request), credential }))) throw notFound();
      return reply.code(204).send();
    },
  );

  app.post(
    `${path}/:id/revocation`,
    {
      config: allowOn(actions.revoke, kind),
      schema: {
        operationId: `revoke${name}`,
        summary: 'Stolen or copied: revoke every credential, and cut it within a second',
        tags,
        params: ById,
        response: { 204: EMPTY },
      },
    },
    async (request, reply) => {
      await revokeAll(deps.sql, asked(request));
      return reply.code(204).send();
    },
  );
}

async function views({ sql, clock }: ApiDeps, holder: Id): Promise<Credential[]> {
  const credentials = await listCredentials(sql, holder, clock.now());
  return credentials.map(({ id, kind, createdAt, usedAt, endsAt }) => ({
    id,
    kind,
    createdAt: iso(createdAt),
    usedAt: isoOrNull(usedAt),
    endsAt: isoOrNull(endsAt),
  }));
}
