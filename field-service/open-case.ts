// A request for service becomes a case with a visit.
import { newId, type Phrase, type ServiceRequest } from '#contracts';
import { type ApplianceRecord, applianceById } from '#registry';
import type { Sql } from '#runtime';
import { closeCase, holdAlert, howItEnded } from './end-case.ts';
import { arranging } from './messages.ts';
import { offerToNext } from './offers.ts';
import { tellHousehold } from './post.ts';
import { type CaseRecord, insertVisit, type VisitRecord } from './records.ts';
import { happened, note } from './timeline.ts';

/** One case per alert: a repeated request changes nothing. */
export async function openCase(tx: Sql, request: ServiceRequest, now: number): Promise<void> {
  await holdAlert(tx, request.alert);
  const appliance = await applianceById(tx, request.appliance);
  const file = appliance && (await insertCase(tx, request, appliance, now));
  if (!file) return;
  await note(tx, file, now, happened.opened(request));
  const moved = file.household !== (appliance.household?.id ?? null);
  const ended = (await howItEnded(tx, request.alert)) ?? (moved ? 'moved' : null);
  if (ended !== null) return closeCase(tx, file, ended, now);
  // The dispatch gate is thin: who asks gets a visit; the confidence stands on the timeline.
  await tellHousehold(tx, file, arranging(file));
  await offerToNext(tx, file, await addVisit(tx, file, {}, now), now);
}

async function insertCase(
  tx: Sql,
  request: ServiceRequest,
  { household, organisation }: ApplianceRecord,
  now: number,
): Promise<CaseRecord | null> {
  const file: CaseRecord = {
    id: newId(),
    alert: request.alert,
    appliance: request.appliance,
    household: request.household === undefined ? (household?.id ?? null) : request.household,
    organisation,
    partner: null,
    request,
    state: 'open',
    openedAt: now,
    closedAt: null,
    dueAt: null,
  };
  const inserted = await tx.query(
    `insert into app.service_case (id, alert, appliance, household, organisation, request, state, opened_at)
     values ($1, $2, $3, $4, $5, $6, $7, $8) on conflict (alert) do nothing returning id`,
    [file.id, file.alert, file.appliance, file.household, file.organisation, JSON.stringify(request), file.state, now],
  );
  return inserted.length > 0 ? file : null;
}

/** Another visit of the case, unassigned unless `known` says more. */
export async function addVisit(
  tx: Sql,
  file: CaseRecord,
  known: Partial<Pick<VisitRecord, 'state' | 'technician' | 'skill' | 'parts'>>,
  now: number,
): Promise<VisitRecord> {
  const [count] = await tx.query<{ visits: number }>(
    'select count(*)::int as visits from app.visit where case_id = $1',
    [file.id],
  );
  const visit: VisitRecord = {
    id: newId(),
    caseId: file.id,
    ordinal: count!.visits,
    state: 'unassigned',
    technician: null,
    ...needs(file.request),
    slotStart: null,
    slotEnd: null,
    responseDueAt: null,
    reminders: 0,
    dueAt: null,
    escalatedAt: null,
    escalationDueAt: null,
    openedAt: now,
    finishedAt: null,
    result: null,
    ...known,
  };
  await insertVisit(tx, visit);
  return visit;
}

/** A cause that the owner could mend says nothing about skills: anybody may look. */
function needs({ cause: { remedy } }: ServiceRequest): { skill: string; parts: Phrase[] } {
  return remedy.by === 'technician' ? { skill: remedy.skill, parts: remedy.parts } : { skill: 'general', parts: [] };
}
