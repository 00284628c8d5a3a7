// Cases and visits as the room works with them, and their rows. Who holds the row of a case owns all of it.

import type { z } from 'zod';
import type { CaseState, Id, Phrase, ServiceRequest, VisitResult, VisitState } from '#contracts';
import { PlatformError, type Sql } from '#runtime';

export type CaseRecord = {
  id: Id;
  alert: Id;
  appliance: Id;
  household: Id | null;
  /** The brand that looks after the appliance. */
  organisation: Id;
  /** The firm that the case was handed to: its people do the work. */
  partner: Id | null;
  request: ServiceRequest;
  state: CaseState;
  openedAt: number;
  closedAt: number | null;
  /** Verifying: when proof of recovery must be there. Open: when a technician on site should have reported. */
  dueAt: number | null;
};

export type VisitRecord = {
  id: Id;
  caseId: Id;
  ordinal: number;
  state: VisitState;
  technician: Id | null;
  skill: string;
  parts: Phrase[];
  slotStart: number | null;
  slotEnd: number | null;
  responseDueAt: number | null;
  /** To the technician who has the offer. */
  reminders: number;
  dueAt: number | null;
  escalatedAt: number | null;
  escalationDueAt: number | null;
  openedAt: number;
  finishedAt: number | null;
  /** Codes only: what the technician wrote stands sealed on the timeline. */
  result: Omit<z.infer<typeof VisitResult>, 'note'> | null;
};

/** Whose people do the work. */
export const worksFor = (file: CaseRecord): Id => file.partner ?? file.organisation;

export const CASE_COLUMNS = `c.id, c.alert, c.appliance, c.household, c.organisation, c.partner, c.request, c.state, c.opened_at as "openedAt",
  c.closed_at as "closedAt", c.due_at as "dueAt"`;

const VISIT_COLUMNS = `v.id, v.case_id as "caseId", v.ordinal, v.state, v.technician, v.skill, v.parts,
  v.slot_start as "slotStart", v.slot_end as "slotEnd", v.response_due_at as "responseDueAt", v.reminders,
  v.due_at as "dueAt", v.escalated_at as "escalatedAt", v.escalation_due_at as "escalationDueAt",
  v.opened_at as "openedAt", v.finished_at as "finishedAt", v.result`;

export async function lockCaseOfAlert(tx: Sql, alert: Id): Promise<CaseRecord | undefined> {
  const [row] = await tx.query<CaseRecord>(
    `select ${CASE_COLUMNS} from app.service_case c where c.alert = $1 for update`,
    [alert],
  );
  return row;
}

/** Throws `unknown-case`. */
export async function lockCase(tx: Sql, id: Id): Promise<CaseRecord> {
  const [row] = await tx.query<CaseRecord>(
    `select ${CASE_COLUMNS} from app.service_case c where c.id = $1 for update`,
    [id],
  );
  if (!row) throw new PlatformError('unknown-case', 'reject', 'There is no such case.');
  return row;
}

/** Locks the case of a visit, then reads the visit. Throws `unknown-visit`. */
export async function lockVisit(tx: Sql, visit: Id): Promise<{ file: CaseRecord; visit: VisitRecord }> {
  const [file] = await tx.query<CaseRecord>(
    `select ${CASE_COLUMNS} from app.service_case c
      where c.id = (select v.case_id from app.visit v where v.id = $1) for update`,
    [visit],
  );
  const [row] = await tx.query<VisitRecord>(`select ${VISIT_COLUMNS} from app.visit v where v.id = $1`, [visit]);
  if (!file || !row) throw new PlatformError('unknown-visit', 'reject', 'There is no such visit.');
  return { file, visit: row };
}

export async function visitsOfCases(sql: Sql, cases: readonly Id[]): Promise<VisitRecord[]> {
  return sql.query<VisitRecord>(
    `select ${VISIT_COLUMNS} from app.visit v where v.case_id = any($1::uuid[]) order by v.case_id, v.ordinal`,
    [cases],
  );
}

export async function insertVisit(tx: Sql, visit: VisitRecord): Promise<void> {
  await tx.query(
    `insert into app.visit (id, case_id, ordinal, skill, parts, opened_at, state) values ($1, $2, $3, $4, $5, $6, $7)`,
    [visit.id, visit.caseId, visit.ordinal, visit.skill, JSON.stringify(visit.parts), visit.openedAt, visit.state],
  );
  await saveVisit(tx, visit);
}

export async function saveVisit(tx: Sql, visit: VisitRecord): Promise<void> {
  await tx.query(
    `update app.visit set state = $2, technician = $3, slot_start = $4, slot_end = $5, response_due_at = $6,
       reminders = $7, due_at = $8, escalated_at = $9, escalation_due_at = $10, finished_at = $11, result = $12
     where id = $1`,
    [
      visit.id,
      visit.state,
      visit.technician,
      visit.slotStart,
      visit.slotEnd,
      visit.responseDueAt,
      visit.reminders,
      visit.dueAt,
      visit.escalatedAt,
      visit.escalationDueAt,
      visit.finishedAt,
      visit.result && JSON.stringify(visit.result),
    ],
  );
}

export async function saveCase(tx: Sql, file: CaseRecord): Promise<void> {
  await tx.query('update app.service_case set state = $2, closed_at = $3, due_at = $4 where id = $1', [
    file.id,
    file.state,
    file.closedAt,
    file.dueAt,
  ]);
}

/** Visits that a technician has and has not finished, by technician. */
export async function technicianLoads(sql: Sql): Promise<Map<Id, number>> {
  const rows = await sql.query<{ technician: Id; load: number }>(
    `select technician, count(*)::int as load from app.visit
      where technician is not null and state in ('offered', 'accepted') group by technician`,
  );
  return new Map(rows.map((row) => [row.technician, row.load]));
}
