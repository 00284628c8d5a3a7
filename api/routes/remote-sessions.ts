// A look from afar that the household has agreed to, and what can be seen within it.
import type { z } from 'zod';
import {
  type Id,
  iso,
  isoOrNull,
  LiveView,
  NewRemoteSession,
  page,
  RemoteSession,
  RemoteSessionAnswer,
} from '#contracts';
import { latestOf } from '#ingest';
import {
  actorOf,
  answerRemoteSession,
  askRemoteSession,
  endRemoteSession,
  listRemoteSessions,
  personById,
  type RemoteSessionRecord,
  remoteSessionById,
  type Viewer,
} from '#registry';
import { MINUTE } from '#runtime';
import type { ApiDeps } from '../deps.ts';
import { noteLook } from '../looks.ts';
import { freshLookups, objectKinds } from '../objects.ts';
import { notFound, problem } from '../problems.ts';
import { ById, EMPTY, type Routes, whole } from '../route.ts';
import { organisationOf } from '../scopes.ts';
import { allowOn, type ObjectKind, viewerOf } from '../wall.ts';

const tags = ['Remote sessions'];

export const remoteSessionRoutes: Routes = (app, deps) => {
  const { appliance } = objectKinds(deps.sql, freshLookups(deps.sql, deps.clock));
  const session = sessionKind(deps, appliance);

  app.get(
    '/appliances/:id/remote-sessions',
    {
      config: allowOn('read-remote-sessions', appliance),
      schema: {
        operationId: 'listRemoteSessions',
        summary: 'Who asked to look from afar, what was answered, and how often he looked; newest first',
        tags,
        params: ById,
        response: { 200: page(RemoteSession) },
      },
    },
    async (request) => {
      const [{ id }, now] = [request.params, deps.clock.now()];
      const viewer = viewerOf(request);
      const household = viewer.role === 'owner' ? ((await appliance.load(id, viewer))?.household ?? null) : null;
      const sessions = await listRemoteSessions(deps.sql, { appliance: id, household, now });
      return whole(await Promise.all(sessions.map((one) => view(deps, one))));
    },
  );

  app.post(
    '/appliances/:id/remote-sessions',
    {
      config: allowOn('ask-remote-session', appliance),
      schema: {
        operationId: 'askRemoteSession',
        summary: 'Ask the household whether I may look from afar; it has a day to answer',
        tags,
        params: ById,
        body: NewRemoteSession,
        response: { 201: RemoteSession },
      },
    },
    async (request, reply) => {
      const viewer = viewerOf(request);
      const asked = await askRemoteSession(deps.sql, {
        appliance: request.params.id,
        askedBy: viewer.person,
        organisation: organisationOf(viewer),
        ...request.body,
        now: deps.clock.now(),
        by: actorOf(viewer),
      });
      await deps.jobs.wake('notifications');
      return reply.code(201).send(await view(deps, asked));
    },
  );

  app.post(
    '/remote-sessions/:id/answer',
    {
      config: allowOn('answer-remote-session', session),
      schema: {
        operationId: 'answerRemoteSession',
        summary: 'Say yes or no, as somebody of the household',
        tags,
        params: ById,
        body: RemoteSessionAnswer,
        response: { 200: RemoteSession },
      },
    },
    async (request) => {
      const by = { now: deps.clock.now(), by: actorOf(viewerOf(request)) };
      const answered = await answerRemoteSession(deps.sql, { session: request.params.id, ...request.body, ...by });
      if (!answered) throw notFound();
      await deps.jobs.wake('notifications');
      return view(deps, answered);
    },
  );

  app.delete(
    '/remote-sessions/:id',
    {
      config: allowOn('read-remote-sessions', session),
      schema: {
        operationId: 'endRemoteSession',
        summary: 'End a session at once, as who asked or as somebody of the household',
        tags,
        params: ById,
        response: { 204: EMPTY },
      },
    },
    async (request, reply) => {
      const viewer = viewerOf(request);
      const found = await remoteSessionById(deps.sql, request.params.id, deps.clock.now());
      if (!found) throw notFound();
      if (found.askedBy !== viewer.person && viewer.role !== 'owner') {
        throw problem('not-allowed', 'Only who asked, or the household, ends it.');
      }
      await endRemoteSession(deps.sql, { session: found.id, now: deps.clock.now(), by: actorOf(viewer) });
      return reply.code(204).send();
    },
  );

  app.get(
    '/appliances/:id/live',
    {
      config: { ...allowOn('read-readings', appliance), liveFields: ['at', 'connected', 'values'] },
      schema: {
        operationId: 'lookLive',
        summary: 'What the appliance said in the last minute; staff need a remote session that runs',
        tags,
        params: ById,
        response: { 200: LiveView },
      },
    },
    async (request) => {
      const viewer = viewerOf(request);
      await mustBeWelcome(deps, viewer, request.params.id);
      return lastMinute(deps, request.params.id);
    },
  );
};

/** People of the household, and whom they let look, need nobody's leave. */
async function mustBeWelcome({ sql, clock }: ApiDeps, viewer: Viewer, appliance: Id): Promise<void> {
  if (viewer.role === 'owner' || viewer.role === 'repairer') return;
  if (await noteLook({ sql, clock }, viewer, appliance, 'live')) return;
  throw problem('no-remote-session', 'The household has not agreed to a look at this moment.', {
    hint: 'Ask with POST /api/v1/appliances/{id}/remote-sessions.',
  });
}

async function lastMinute({ sql, clock }: ApiDeps, appliance: Id): Promise<z.infer<typeof LiveView>> {
  const now = clock.now();
  const latest = (await latestOf(sql, [appliance])).get(appliance);
  const fresh = (latest?.values ?? []).filter(({ at }) => at > now - MINUTE);
  return {
    at: iso(now),
    connected: latest?.connected ?? false,
    heardAt: isoOrNull(latest?.heardAt ?? null),
    values: fresh.map(({ signal, value, at }) => ({ signal, value, at: iso(at) })),
  };
}

/** It belongs to the household that was asked, also after the appliance has gone elsewhere. */
const sessionKind = ({ sql, clock }: ApiDeps, appliance: ObjectKind): ObjectKind => ({
  read: 'read-remote-sessions',
  async load(id, viewer) {
    const found = await remoteSessionById(sql, id, clock.now());
    const object = found && (await appliance.load(found.appliance, viewer));
    return object && { ...object, household: found.household };
  },
});

async function view({ sql }: ApiDeps, one: RemoteSessionRecord): Promise<z.infer<typeof RemoteSession>> {
  const { id, appliance, reason, what, minutes, state, looks } = one;
  const name = (await personById(sql, one.askedBy))?.name ?? '';
  return {
    id,
    appliance,
    reason,
    what,
    minutes,
    state,
    looks,
    by: { id: one.askedBy, name },
    askedAt: iso(one.askedAt),
    endsAt: iso(one.endsAt),
  };
}
