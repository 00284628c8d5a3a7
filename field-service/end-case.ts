// The end of a case: the readings prove recovery, or the alert was a false alarm.
import type { AlertOver, Id } from '#contracts';
import { type Sql, step } from '#runtime';
import { REPORT_MS } from './delays.ts';
import { CASE_LIFE } from './life-cycles.ts';
import { caseClosed, type Ending, visitCancelled } from './messages.ts';
import { settleOffer, visitMoved } from './offers.ts';
import { tellHousehold, tellTechnician } from './post.ts';
import { type CaseRecord, lockCaseOfAlert, saveCase, saveVisit, type VisitRecord, visitsOfCases } from './records.ts';
import { type Happening, happened, note } from './timeline.ts';

/** Until the transaction ends, the request and the end of one alert wait for each other: there may be no row to lock yet. */
export async function holdAlert(tx: Sql, alert: Id): Promise<void> {
  await tx.query('select pg_advisory_xact_lock(hashtextextended($1, 0))', [`field-service ${alert}`]);
}

export async function howItEnded(tx: Sql, alert: Id): Promise<AlertOver['how'] | null> {
  const [row] = await tx.query<{ how: AlertOver['how'] }>('select how from app.alert_end where alert = $1', [alert]);
  return row?.how ?? null;
}

/** Takes the news that an alert is over. Hearing it twice, or without a case, is fine. */
export async function endOfAlert(tx: Sql, over: AlertOver, now: number): Promise<void> {
  await holdAlert(tx, over.alert);
  await tx.query('insert into app.alert_end (alert, how, at) values ($1, $2, $3) on conflict (alert) do nothing', [
    over.alert,
    over.how,
    over.at,
  ]);
  const file = await lockCaseOfAlert(tx, over.alert);
  if (!file || file.state === 'closed') return;
  const visit = (await visitsOfCases(tx, [file.id])).find((one) => isOnSite(one, now));
  if (!visit) return closeCase(tx, file, over.how, now);
  await saveCase(tx, { ...file, dueAt: visit.slotEnd! + REPORT_MS });
  await note(tx, file, now, happened.recoveredOnSite());
}

/** A technician who is probably there is not sent home: the recovery may be his work, and his report is wanted. */
const isOnSite = (visit: VisitRecord, now: number): boolean =>
  visit.state === 'accepted' &&
  visit.slotStart !== null &&
  visit.slotEnd !== null &&
  visit.slotStart <= now &&
  now < visit.slotEnd + REPORT_MS;

const SAID: Record<Ending, () => Happening> = {
  proved: happened.recoveryProved,
  alone: happened.recoveredAlone,
  withdrawn: happened.withdrawn,
  moved: happened.moved,
};

/** Cancels what is still planned and tells everybody concerned. */
export async function closeCase(tx: Sql, file: CaseRecord, how: AlertOver['how'], now: number): Promise<void> {
  const visits = await visitsOfCases(tx, [file.id]);
  for (const visit of visits) {
    if (visit.state !== 'done' && visit.state !== 'cancelled') await cancelVisit(tx, file, visit, now);
  }
  const visited = visits.some((visit) => visit.state === 'done');
  const ending: Ending = how !== 'resolved' ? how : visited ? 'proved' : 'alone';
  const state = step(CASE_LIFE, 'case', file.state, 'over');
  await saveCase(tx, { ...file, state, closedAt: now, dueAt: null });
  await tellHousehold(tx, file, caseClosed(file, ending));
  await note(tx, file, now, SAID[ending]());
}

async function cancelVisit(tx: Sql, file: CaseRecord, visit: VisitRecord, now: number): Promise<void> {
  if (visit.technician !== null) await tellTechnician(tx, file, visit, visit.technician, visitCancelled(file));
  await settleOffer(tx, visit, 'cancelled');
  const cancelled = visitMoved(visit, 'cancelled');
  await saveVisit(tx, { ...cancelled, dueAt: null, responseDueAt: null, escalationDueAt: null, finishedAt: now });
  await note(tx, file, now, happened.visitCancelled());
}
