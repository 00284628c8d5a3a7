// What people say of an appliance in their own words, and whether it is expected to say anything itself.
import {
  type Id,
  iso,
  isoOrNull,
  MadeReport,
  NewReport,
  Presence,
  page,
  Report,
  type ReportBody,
  ReportReading,
  ReportWords,
} from '#contracts';
import { codesOf } from '#diagnosis-rules';
import {
  type ApplianceRecord,
  actorOf,
  applianceById,
  keepReport,
  listReports,
  restsUntil,
  type Viewer,
} from '#registry';
import { factRecord } from '#runtime';
import type { ApiDeps } from '../deps.ts';
import { freshLookups, objectKinds } from '../objects.ts';
import { sayPresence } from '../presence.ts';
import { notFound } from '../problems.ts';
import { ById, type Routes, TimePage } from '../route.ts';
import { visibleSince } from '../scopes.ts';
import { appendToLog } from '../to-log.ts';
import { choicesOf, kindOf, readingOf, reportViews, safetyOf } from '../views/report.ts';
import { allowOn, viewerOf } from '../wall.ts';

const tags = ['Reports'];
const ReportPage = TimePage.omit({ state: true });

export const reportRoutes: Routes = (app, deps) => {
  const { appliance } = objectKinds(deps.sql, freshLookups(deps.sql, deps.clock));

  app.post(
    '/appliances/:id/reports/understanding',
    {
      config: allowOn('report-appliance', appliance),
      schema: {
        operationId: 'understandReport',
        summary: 'What these words are understood as; nothing is kept',
        tags,
        params: ById,
        body: ReportWords,
        response: { 200: ReportReading },
      },
    },
    async (request) => readingOf(kindOf(await known(deps, request.params.id)), request.body.text),
  );

  app.post(
    '/appliances/:id/reports',
    {
      config: allowOn('report-appliance', appliance),
      schema: {
        operationId: 'reportAppliance',
        summary: 'Say what is wrong with it, in your own words; the causes are ranked anew soon after',
        tags,
        params: ById,
        body: NewReport,
        response: { 201: MadeReport },
      },
    },
    async (request, reply) =>
      reply.code(201).send(await report(deps, request.params.id, request.body, viewerOf(request))),
  );

  app.get(
    '/appliances/:id/reports',
    {
      config: allowOn('read-reports', appliance),
      schema: {
        operationId: 'listReports',
        summary: 'What people said of it, newest first',
        tags,
        params: ById,
        querystring: ReportPage,
        response: { 200: page(Report) },
      },
    },
    async (request) => {
      const unit = await known(deps, request.params.id);
      const since = visibleSince(viewerOf(request), unit);
      const { items, next } = await listReports(deps.sql, { appliance: unit.id, since, ...request.query });
      return { items: await reportViews(deps.sql, unit, items), next };
    },
  );

  app.get(
    '/appliances/:id/presence',
    {
      config: allowOn('read-appliance', appliance),
      schema: {
        operationId: 'getPresence',
        summary: 'Whether it is expected to say anything, or rests',
        tags,
        params: ById,
        response: { 200: Presence },
      },
    },
    async (request) => ({
      restsUntil: isoOrNull(await restsUntil(deps.sql, request.params.id, deps.clock.now())),
    }),
  );

  app.put(
    '/appliances/:id/presence',
    {
      config: allowOn('set-presence', appliance),
      schema: {
        operationId: 'setPresence',
        summary: 'It is switched off until then: nobody misses its messages. Null: it is in use again',
        tags,
        params: ById,
        body: Presence,
        response: { 200: Presence },
      },
    },
    async (request) => {
      const until = request.body.restsUntil;
      await sayPresence(deps, request.params.id, until === null ? null : Date.parse(until), viewerOf(request));
      return { restsUntil: until };
    },
  );
};

async function known({ sql }: ApiDeps, id: Id): Promise<ApplianceRecord> {
  const unit = await applianceById(sql, id);
  if (!unit) throw notFound();
  return unit;
}

/** The log first: what is said twice there, because the second step failed, says no more than once. */
async function report(deps: ApiDeps, id: Id, { text, codes }: NewReport, viewer: Viewer): Promise<MadeReport> {
  const unit = await known(deps, id);
  const kind = kindOf(unit);
  const said = [...new Set(codes ?? codesOf(text, kind))];
  const now = deps.clock.now();
  if (said.length > 0) {
    const body: ReportBody = { codes: said, by: viewer.person };
    await appendToLog(deps.log, factRecord('report', now, id, body));
  }
  const atHome = viewer.role === 'owner';
  const kept = { appliance: id, person: viewer.person, atHome, words: text, codes: said, by: actorOf(viewer), now };
  const choices = choicesOf(kind);
  return {
    id: await keepReport(deps.sql, kept),
    at: iso(now),
    said: choices.filter(({ code }) => said.includes(code)),
    choices,
    safety: safetyOf(kind, said),
  };
}
