// Appliances: list, add, look at, its readings over time, and what was not accepted of it.

import { z } from 'zod';
import {
  Appliance,
  ApplianceEdit,
  CreatedAppliance,
  Id,
  iso,
  NewAppliance,
  page,
  QuarantinedMessage,
  Series,
  SeriesQuery,
  SIGNALS,
} from '#contracts';
import { listQuarantine } from '#ingest';
import {
  actorOf,
  applianceById,
  createAppliance,
  editAppliance,
  listAppliances,
  NOBODYS,
  openBytes,
  organisationsOfHousehold,
  type PolicyObject,
  tryItLine,
  type Viewer,
} from '#registry';
import { DAY } from '#runtime';
import type { ApiDeps } from '../deps.ts';
import { noteLook } from '../looks.ts';
import { freshLookups, objectKinds } from '../objects.ts';
import { notFound, problem } from '../problems.ts';
import { ById, IdPage, type Routes } from '../route.ts';
import { applianceScope, visibleSince } from '../scopes.ts';
import { applianceViews } from '../views/appliance.ts';
import { bucketWidthMs } from '../views/buckets.ts';
import { allow, allowFor, allowOn, viewerOf } from '../wall.ts';

/** What the appliance says itself; nobody edits it. */
const LIVE_FIELDS = ['condition', 'connected', 'heardAt', 'latest', 'openAlerts'];
const LONGEST_SERIES_MS = 800 * DAY;
const PAYLOAD_CHARACTERS = 2_000;
const QuarantinePage = z.object({
  cursor: z.coerce.number().int().optional(),
  limit: z.coerce.number().int().min(1).max(200).default(50),
});

export const applianceRoutes: Routes = (app, deps) => {
  const { appliance } = objectKinds(deps.sql, freshLookups(deps.sql, deps.clock));

  app.get(
    '/appliances',
    {
      config: allow('list-appliances'),
      schema: {
        operationId: 'listAppliances',
        summary: 'My appliances; service staff see all',
        tags: ['Appliances'],
        querystring: IdPage.extend({ model: z.string().max(80).optional(), household: Id.optional() }),
        response: { 200: page(Appliance) },
      },
    },
    async (request) => {
      const scope = await applianceScope(deps, viewerOf(request));
      const { items, next } = await listAppliances(deps.sql, scope, request.query);
      return { items: await applianceViews(deps.sql, items, viewerOf(request)), next };
    },
  );

  app.post(
    '/appliances',
    {
      config: {
        ...allowFor('create-appliance', (body: z.infer<typeof NewAppliance>, viewer) => placeFor(deps, body, viewer)),
        secretAnswer: true,
      },
      schema: {
        operationId: 'createAppliance',
        summary: 'Add an appliance; its secret is shown this once',
        tags: ['Appliances'],
        body: NewAppliance,
        response: { 201: CreatedAppliance },
      },
    },
    async (request, reply) => reply.code(201).send(await create(deps, request.body, viewerOf(request))),
  );

  app.get(
    '/appliances/:id',
    {
      config: { ...allowOn('read-appliance', appliance), liveFields: LIVE_FIELDS },
      schema: {
        operationId: 'getAppliance',
        summary: 'One appliance: how it is and what it said last',
        tags: ['Appliances'],
        params: ById,
        response: { 200: Appliance },
      },
    },
    async (request) => {
      const record = await applianceById(deps.sql, request.params.id);
      if (!record) throw notFound();
      return (await applianceViews(deps.sql, [record], viewerOf(request)))[0]!;
    },
  );

  app.patch(
    '/appliances/:id',
    {
      config: allowOn('edit-appliance', appliance),
      schema: {
        operationId: 'editAppliance',
        summary: 'Change what an appliance is called, or at which place of its household it stands',
        tags: ['Appliances'],
        params: ById,
        body: ApplianceEdit,
        response: { 200: Appliance },
      },
    },
    async (request) => {
      const viewer = viewerOf(request);
      const by = { now: deps.clock.now(), by: actorOf(viewer) };
      const record = await editAppliance(deps.sql, { appliance: request.params.id, ...request.body, ...by });
      if (!record) throw notFound();
      return (await applianceViews(deps.sql, [record], viewer))[0]!;
    },
  );

  app.get(
    '/appliances/:id/readings',
    {
      config: allowOn('read-readings', appliance),
      schema: {
        operationId: 'getReadings',
        summary: 'One signal over time, in buckets with mean, lowest and highest value',
        tags: ['Appliances'],
        params: ById,
        querystring: SeriesQuery,
        response: { 200: Series },
      },
    },
    async (request) => {
      const { id } = request.params;
      return series(deps, id, request.query, await visibleFrom(deps, viewerOf(request), id));
    },
  );

  app.get(
    '/appliances/:id/quarantine',
    {
      config: allowOn('read-quarantine', appliance),
      schema: {
        operationId: 'listQuarantine',
        summary: 'Messages that were kept but not accepted, newest first, each with the reason',
        tags: ['Appliances'],
        params: ById,
        querystring: QuarantinePage,
        response: { 200: page(QuarantinedMessage) },
      },
    },
    async (request) => {
      const { id } = request.params;
      const viewer = viewerOf(request);
      await noteLook(deps, viewer, id, 'quarantine');
      return quarantine(deps, id, request.query, await visibleFrom(deps, viewer, id));
    },
  );
};

/** In a household it is that household's business, and that of who looks after it already; else of who adds it. */
async function placeFor(deps: ApiDeps, body: { household?: Id | undefined }, viewer: Viewer): Promise<PolicyObject> {
  const household = householdFor(body, viewer);
  if (household !== undefined) {
    return { ...NOBODYS, household, organisations: await organisationsOfHousehold(deps.sql, household) };
  }
  return { ...NOBODYS, organisations: viewer.organisation === null ? [] : [viewer.organisation] };
}

/** An owner with one household need not name it. */
function householdFor(body: { household?: Id | undefined }, viewer: Viewer): Id | undefined {
  return body.household ?? (viewer.role === 'owner' ? viewer.households[0]?.household : undefined);
}

/** A serial that somebody types proves nothing, and would stand in the way of the unit that bears it. */
const serialByClaim = () =>
  problem('serial-by-claim', 'A unit with a serial is added with the code on its label.', {
    hint: 'Send model, serial and code to POST /api/v1/claims, or leave the serial out.',
  });

async function create(
  deps: ApiDeps,
  body: z.infer<typeof NewAppliance>,
  viewer: Viewer,
): Promise<z.infer<typeof CreatedAppliance>> {
  const household = householdFor(body, viewer);
  if (viewer.role === 'owner' && body.serial !== undefined) throw serialByClaim();
  const { id, secret } = await createAppliance(deps.sql, {
    model: body.model,
    name: body.name,
    ...(body.serial === undefined ? {} : { serial: body.serial }),
    ...(household === undefined ? {} : { household }),
    now: deps.clock.now(),
    by: actorOf(viewer),
    pepper: deps.pepper,
  });
  const { host, port } = deps.mqttAddress;
  return {
    id,
    secret,
    mqttUrl: `mqtt://${host.includes(':') ? `[${host}]` : host}:${port}`,
    tryIt: tryItLine({ host, port, appliance: id, secret, model: body.model }),
  };
}

/** Epoch ms. */
async function visibleFrom({ sql }: ApiDeps, viewer: Viewer, appliance: Id): Promise<number> {
  const record = await applianceById(sql, appliance);
  if (!record) throw notFound();
  return visibleSince(viewer, record);
}

async function series(
  deps: ApiDeps,
  appliance: Id,
  query: z.infer<typeof SeriesQuery>,
  since: number,
): Promise<z.infer<typeof Series>> {
  const [from, to] = [Date.parse(query.from), Date.parse(query.to)];
  if (to <= from || to - from > LONGEST_SERIES_MS) {
    throw problem('wrong-span', 'This span of time has no readings to show.', {
      hint: 'Give "from" before "to", at most 800 days apart.',
    });
  }
  const bucketMs = bucketWidthMs(from, to, query.points);
  const seen = Math.max(from, since);
  const points = seen < to ? await deps.series({ appliance, signal: query.signal, from: seen, to, bucketMs }) : [];
  return {
    signal: query.signal,
    unit: SIGNALS.get(query.signal)?.unit ?? null,
    bucketSeconds: bucketMs / 1000,
    points: points.map(({ at, mean, min, max }) => ({ at: iso(at), mean, min, max })),
  };
}

async function quarantine(
  deps: ApiDeps,
  appliance: Id,
  { cursor, limit }: z.infer<typeof QuarantinePage>,
  since: number,
) {
  const before = cursor === undefined ? {} : { before: cursor };
  const messages = await listQuarantine(deps.sql, { appliance, since, limit, ...before });
  return {
    items: await Promise.all(
      messages.map(async ({ subject, payload, ...message }) => ({
        ...message,
        receivedAt: iso(message.receivedAt),
        payload: new TextDecoder()
          .decode((subject === null ? payload : await openBytes(deps.sql, subject, payload)) ?? undefined)
          .slice(0, PAYLOAD_CHARACTERS),
      })),
    ),
    next: messages.length === limit ? String(messages.at(-1)!.receivedAt) : null,
  };
}
