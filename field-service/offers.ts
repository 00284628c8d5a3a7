// Who comes: a visit is offered to one technician after the other, then to the dispatchers.
import type { Id } from '#contracts';
import { applianceById, type TechnicianProfile, technicians } from '#registry';
import { type Sql, step } from '#runtime';
import { chooseTechnician } from './choose-technician.ts';
import { ESCALATION_EVERY_MS, REMIND_EVERY_MS, RESPONSE_MS } from './delays.ts';
import { VISIT_LIFE, type VisitEvent } from './life-cycles.ts';
import { escalated, offered, takenBack } from './messages.ts';
import { tellDispatchers, tellTechnician } from './post.ts';
import { type CaseRecord, saveVisit, technicianLoads, type VisitRecord, worksFor } from './records.ts';
import { happened, note } from './timeline.ts';

export const visitMoved = (visit: VisitRecord, event: VisitEvent): VisitRecord => ({
  ...visit,
  state: step(VISIT_LIFE, 'visit', visit.state, event),
});

/** Offers an unassigned visit to the next technician; when none is left, the dispatchers are told. */
export async function offerToNext(tx: Sql, file: CaseRecord, visit: VisitRecord, now: number): Promise<void> {
  const best = await nextTechnician(tx, file, visit);
  if (!best) return escalate(tx, file, visit, now);
  await offer(tx, file, visitMoved(visit, 'offered'), best.id, now);
  await note(tx, file, now, happened.offered(best.id));
}

export async function nextTechnician(tx: Sql, file: CaseRecord, visit: VisitRecord): Promise<TechnicianProfile | null> {
  const asked = await tx.query<{ technician: Id }>('select technician from app.visit_offer where visit = $1', [
    visit.id,
  ]);
  return chooseTechnician(await technicians(tx, [worksFor(file)]), {
    skill: visit.skill,
    region: (await applianceById(tx, file.appliance))?.household?.region ?? null,
    loads: await technicianLoads(tx),
    asked: new Set(asked.map((row) => row.technician)),
  });
}

/** Starts the response clock of `technician`. */
export async function offer(tx: Sql, file: CaseRecord, visit: VisitRecord, technician: Id, now: number): Promise<void> {
  const asked: VisitRecord = {
    ...visit,
    technician,
    reminders: 0,
    dueAt: now + REMIND_EVERY_MS,
    responseDueAt: now + RESPONSE_MS,
  };
  await saveVisit(tx, asked);
  await tx.query(
    `insert into app.visit_offer (visit, ordinal, technician, offered_at)
     select $1::uuid, count(*), $2::uuid, $3::bigint from app.visit_offer where visit = $1::uuid`,
    [visit.id, technician, now],
  );
  const appliance = await applianceById(tx, file.appliance);
  await tellTechnician(tx, file, asked, technician, offered(file, asked, appliance));
}

/** Ends the offer that stands and says so to who had it, unless he ended it himself. Returns the visit without technician. */
export async function takeBack(
  tx: Sql,
  file: CaseRecord,
  visit: VisitRecord,
  outcome: 'refused' | 'no-answer' | 'replaced',
): Promise<VisitRecord> {
  if (visit.technician !== null) {
    await settleOffer(tx, visit, outcome);
    if (outcome !== 'refused') await tellTechnician(tx, file, visit, visit.technician, takenBack(file));
  }
  return { ...visit, technician: null, dueAt: null, responseDueAt: null, reminders: 0 };
}

export async function settleOffer(tx: Sql, visit: VisitRecord, outcome: string): Promise<void> {
  await tx.query('update app.visit_offer set outcome = $2 where visit = $1 and outcome is null', [visit.id, outcome]);
}

async function escalate(tx: Sql, file: CaseRecord, visit: VisitRecord, now: number): Promise<void> {
  const waiting = { ...visit, escalatedAt: visit.escalatedAt ?? now, escalationDueAt: now + ESCALATION_EVERY_MS };
  await saveVisit(tx, waiting);
  await tellDispatchers(tx, file, escalated(file, waiting));
  await note(tx, file, now, happened.escalated());
}
