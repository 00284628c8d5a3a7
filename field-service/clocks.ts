// The clocks of a case: a technician's answer, reminders, the dispatchers' reminders, proof of recovery.
import type { Id } from '#contracts';
import { applianceById } from '#registry';
import { type Sql, step } from '#runtime';
import { ESCALATION_EVERY_MS, REMIND_EVERY_MS } from './delays.ts';
import { closeCase, howItEnded } from './end-case.ts';
import { CASE_LIFE } from './life-cycles.ts';
import { escalated, reminder, reopened } from './messages.ts';
import { nextTechnician, offerToNext, takeBack, visitMoved } from './offers.ts';
import { addVisit } from './open-case.ts';
import { tellDispatchers, tellHousehold, tellTechnician } from './post.ts';
import { CASE_COLUMNS, type CaseRecord, saveCase, saveVisit, type VisitRecord, visitsOfCases } from './records.ts';
import { happened, note } from './timeline.ts';

const VISIT_DUE_AT = 'least(v.due_at, v.escalation_due_at)';
const VISIT_WAITS = "v.state in ('unassigned', 'offered')";

/** Locks the next case with something due; those held by another worker are skipped. */
export async function claimDueCase(tx: Sql, now: number, seen: readonly Id[]): Promise<CaseRecord | undefined> {
  const [row] = await tx.query<CaseRecord>(
    `select ${CASE_COLUMNS} from app.service_case c
      where c.state <> 'closed' and c.id <> all($2::uuid[])
        and (c.due_at <= $1 or c.id in (select v.case_id from app.visit v where ${VISIT_WAITS} and ${VISIT_DUE_AT} <= $1))
      order by c.opened_at limit 1 for update of c skip locked`,
    [now, seen],
  );
  return row;
}

/** When the next clock of any case is due; null when none runs. */
export async function nextCaseDueAt(sql: Sql): Promise<number | null> {
  const [row] = await sql.query<{ at: number | null }>(
    `select least((select min(${VISIT_DUE_AT}) from app.visit v where ${VISIT_WAITS}),
                  (select min(c.due_at) from app.service_case c where c.state <> 'closed')) as at`,
  );
  return row?.at ?? null;
}

/** Fires what is due on one case, by rows read after it was locked: another worker may just have done it. */
export async function fireCaseClocks(tx: Sql, file: CaseRecord, now: number): Promise<void> {
  if (file.dueAt !== null && file.dueAt <= now) return fireCaseClock(tx, file, now);
  for (const visit of await visitsOfCases(tx, [file.id])) {
    if (visit.state === 'offered' && isDue(visit.dueAt, now)) {
      await (isDue(visit.responseDueAt, now) ? giveUpOn(tx, file, visit, now) : remind(tx, file, visit, now));
    } else if (isDue(visit.escalationDueAt, now)) {
      await remindDispatchers(tx, file, visit, now);
    }
  }
}

const isDue = (at: number | null, now: number): boolean => at !== null && at <= now;

async function giveUpOn(tx: Sql, file: CaseRecord, visit: VisitRecord, now: number): Promise<void> {
  await note(tx, file, now, happened.notAnswered(visit.technician!));
  await offerToNext(tx, file, visitMoved(await takeBack(tx, file, visit, 'no-answer'), 'freed'), now);
}

async function remind(tx: Sql, file: CaseRecord, visit: VisitRecord, now: number): Promise<void> {
  const dueAt = Math.min(visit.responseDueAt!, now + REMIND_EVERY_MS);
  const reminded = { ...visit, reminders: visit.reminders + 1, dueAt };
  await saveVisit(tx, reminded);
  const appliance = await applianceById(tx, file.appliance);
  await tellTechnician(tx, file, reminded, visit.technician!, reminder(file, reminded, appliance));
  await note(tx, file, now, happened.reminded(visit.technician!));
}

async function remindDispatchers(tx: Sql, file: CaseRecord, visit: VisitRecord, now: number): Promise<void> {
  // Somebody may have been hired, or learnt it, since everybody was asked.
  if (visit.state === 'unassigned' && (await nextTechnician(tx, file, visit))) {
    return offerToNext(tx, file, { ...visit, escalationDueAt: now + ESCALATION_EVERY_MS }, now);
  }
  await saveVisit(tx, { ...visit, escalationDueAt: now + ESCALATION_EVERY_MS });
  await tellDispatchers(tx, file, escalated(file, visit));
}

async function fireCaseClock(tx: Sql, file: CaseRecord, now: number): Promise<void> {
  const ended = await howItEnded(tx, file.alert);
  if (ended !== null) return closeCase(tx, file, ended, now);
  const open = { ...file, state: step(CASE_LIFE, 'case', file.state, 'not-recovered'), dueAt: null };
  await saveCase(tx, open);
  await note(tx, open, now, happened.notRecovered());
  await tellHousehold(tx, open, reopened(open));
  await offerToNext(tx, open, await addVisit(tx, open, {}, now), now);
}
