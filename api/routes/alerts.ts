// Alerts: what people must know, and what they answer.
import { acknowledge, answerRecord, listAlerts, requestService } from '#alerts';
import { Alert, AlertSummary, Id, NewAnswer, page, Severity } from '#contracts';
import { freshLookups, objectKinds } from '../objects.ts';
import { ById, EMPTY, type Routes, TimePage } from '../route.ts';
import { alertScope } from '../scopes.ts';
import { appendToLog } from '../to-log.ts';
import { alertView, withCases } from '../views/alert.ts';
import { allow, allowOn, viewerOf } from '../wall.ts';

export const alertRoutes: Routes = (app, deps) => {
  const { alert } = objectKinds(deps.sql, freshLookups(deps.sql, deps.clock));

  app.get(
    '/alerts',
    {
      config: allow('list-alerts'),
      schema: {
        operationId: 'listAlerts',
        summary: 'Alerts, newest first',
        tags: ['Alerts'],
        querystring: TimePage.extend({ appliance: Id.optional(), severity: Severity.optional() }),
        response: { 200: page(AlertSummary) },
      },
    },
    async (request) => {
      const { items, next } = await listAlerts(deps.sql, await alertScope(deps, viewerOf(request)), request.query);
      return { items: await withCases(deps.sql, items), next };
    },
  );

  app.get(
    '/alerts/:id',
    {
      config: allowOn('read-alert', alert),
      schema: {
        operationId: 'getAlert',
        summary: 'One alert: why it fired, what it may be, what to do',
        tags: ['Alerts'],
        params: ById,
        response: { 200: Alert },
      },
    },
    (request) => alertView(deps.sql, request.params.id, viewerOf(request)),
  );

  app.post(
    '/alerts/:id/answers',
    {
      config: allowOn('answer-alert', alert),
      schema: {
        operationId: 'answerAlert',
        summary: 'Answer its question; the causes are ranked anew soon after',
        tags: ['Alerts'],
        params: ById,
        body: NewAnswer,
        response: { 202: EMPTY },
      },
    },
    async (request, reply) => {
      const viewer = viewerOf(request);
      const asking = await alertView(deps.sql, request.params.id, viewer);
      const record = answerRecord({ ...request.body, alert: asking, person: viewer.person, now: deps.clock.now() });
      await appendToLog(deps.log, record);
      return reply.code(202).send();
    },
  );

  app.post(
    '/alerts/:id/acknowledgement',
    {
      config: allowOn('acknowledge-alert', alert),
      schema: {
        operationId: 'acknowledgeAlert',
        summary: 'I have seen it: reminders stop',
        tags: ['Alerts'],
        params: ById,
        response: { 200: Alert },
      },
    },
    async (request) => {
      const { id } = request.params;
      await acknowledge(deps.alerts, { alert: id, person: viewerOf(request).person, now: deps.clock.now() });
      return alertView(deps.sql, id, viewerOf(request));
    },
  );

  app.post(
    '/alerts/:id/service-request',
    {
      config: allowOn('request-service', alert),
      schema: {
        operationId: 'requestService',
        summary: 'Ask for service now',
        tags: ['Alerts'],
        params: ById,
        response: { 200: Alert },
      },
    },
    async (request) => {
      const { id } = request.params;
      await requestService(deps.alerts, { alert: id, person: viewerOf(request).person, now: deps.clock.now() });
      return alertView(deps.sql, id, viewerOf(request));
    },
  );
};
