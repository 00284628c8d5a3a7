// Visits: when, who, and how it went. Each action answers with the visit as it is then.

import type { FastifyRequest } from 'fastify';
import { Assign, type Id, PickSlot, page, Slot, Visit, VisitResult } from '#contracts';
import {
  acceptVisit,
  assign,
  caseById,
  caseOfVisit,
  finishVisit,
  pickSlot,
  refuseVisit,
  slotsFor,
} from '#field-service';
import type { ApiDeps } from '../deps.ts';
import { freshLookups, objectKinds } from '../objects.ts';
import { notFound } from '../problems.ts';
import { ById, type Routes, whole } from '../route.ts';
import { allowOn, viewerOf } from '../wall.ts';

const described = (operationId: string, summary: string) => ({
  operationId,
  summary,
  tags: ['Field service'],
  params: ById,
  response: { 200: Visit },
});

export const visitRoutes: Routes = (app, deps) => {
  const { visit } = objectKinds(deps.sql, freshLookups(deps.sql, deps.clock));
  const act = (request: FastifyRequest & { params: { id: Id } }) => ({
    visit: request.params.id,
    person: viewerOf(request).person,
    now: deps.clock.now(),
  });

  app.get(
    '/visits/:id/slots',
    {
      config: allowOn('pick-slot', visit),
      schema: { ...described('listSlots', 'Times to choose from'), response: { 200: page(Slot) } },
    },
    async (request) => whole(await slotsFor(deps.sql, request.params.id, deps.clock.now())),
  );

  app.post(
    '/visits/:id/slot',
    {
      config: allowOn('pick-slot', visit),
      schema: { ...described('pickSlot', 'Choose a time'), body: PickSlot },
    },
    async (request) => {
      await pickSlot(deps.fieldService, { ...act(request), start: Date.parse(request.body.start) });
      return visitView(deps, request.params.id);
    },
  );

  app.post(
    '/visits/:id/assignment',
    {
      config: allowOn('assign-visit', visit),
      schema: { ...described('assignVisit', 'Offer it to a technician'), body: Assign },
    },
    async (request) => {
      await assign(deps.fieldService, { ...act(request), technician: request.body.technician });
      return visitView(deps, request.params.id);
    },
  );

  app.post(
    '/visits/:id/acceptance',
    { config: allowOn('accept-visit', visit), schema: described('acceptVisit', 'I will come') },
    async (request) => {
      await acceptVisit(deps.fieldService, act(request));
      return visitView(deps, request.params.id);
    },
  );

  app.post(
    '/visits/:id/refusal',
    { config: allowOn('refuse-visit', visit), schema: described('refuseVisit', 'I cannot come') },
    async (request) => {
      await refuseVisit(deps.fieldService, act(request));
      return visitView(deps, request.params.id);
    },
  );

  app.post(
    '/visits/:id/result',
    {
      config: allowOn('finish-visit', visit),
      schema: { ...described('finishVisit', 'What was found and done'), body: VisitResult },
    },
    async (request) => {
      await finishVisit(deps.fieldService, { ...act(request), result: request.body });
      return visitView(deps, request.params.id);
    },
  );
};

async function visitView(deps: ApiDeps, id: Id): Promise<Visit> {
  const caseId = await caseOfVisit(deps.sql, id);
  const found = caseId === null ? null : await caseById(deps.sql, caseId);
  const visit = found?.visits.find((one) => one.id === id);
  if (!visit) throw notFound();
  return visit;
}
