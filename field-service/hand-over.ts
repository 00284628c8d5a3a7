// A case goes to a partner firm, or comes back: its people do the work from then on.
import type { Id } from '#contracts';
import { type Actor, audit, organisationById } from '#registry';
import { PlatformError, type Sql } from '#runtime';
import type { FieldServiceDeps } from './act.ts';
import { arranging, handedOver } from './messages.ts';
import { offerToNext, takeBack, visitMoved } from './offers.ts';
import { tellDispatchers, tellHousehold } from './post.ts';
import { type CaseRecord, lockCase, type VisitRecord, visitsOfCases } from './records.ts';
import { happened, note } from './timeline.ts';

export type HandOverAct = {
  case: Id;
  /** The partner; null: back to the brand. */
  to: Id | null;
  /** Whom the person works for. A partner can only give a case back. */
  organisation: Id;
  person: Id;
  by: Actor;
  now: number;
};

/** What stands with technicians of before is taken back and offered to the others. Throws `unknown-case`, `wrong-state`, `unknown-partner`. */
export async function handOverCase({ sql, jobs }: FieldServiceDeps, act: HandOverAct): Promise<void> {
  await sql.transaction(async (tx) => {
    const file = await lockCase(tx, act.case);
    if (file.state === 'closed') throw new PlatformError('wrong-state', 'reject', 'This case is closed.');
    const name = await partnerName(tx, file, act);
    if (file.partner === act.to) return;
    await tx.query('update app.service_case set partner = $2 where id = $1', [file.id, act.to]);
    const moved: CaseRecord = { ...file, partner: act.to };
    await note(
      tx,
      moved,
      act.now,
      name === null ? happened.cameBack(act.person) : happened.handedOver(name, act.person),
    );
    await audit(tx, {
      now: act.now,
      by: act.by,
      action: 'case.handed-over',
      object: { kind: 'case', id: file.id },
      organisation: file.organisation,
      detail: { partner: act.to },
    });
    await tellDispatchers(tx, moved, handedOver(moved));
    for (const visit of await visitsOfCases(tx, [file.id])) await moveVisit(tx, { file, moved, visit, now: act.now });
  });
  await jobs.wake('notifications');
  await jobs.wake('field-service');
}

/** Null for the brand itself. */
async function partnerName(tx: Sql, file: CaseRecord, { to, organisation }: HandOverAct): Promise<string | null> {
  if (to === null) return null;
  const partner = await organisationById(tx, to);
  if (partner?.parent === file.organisation && organisation === file.organisation) return partner.name;
  throw new PlatformError('unknown-partner', 'reject', 'There is no such partner firm.', {
    hint: 'GET /api/v1/organisations lists the partners of the brand; a partner can only give a case back.',
  });
}

type Moving = { file: CaseRecord; moved: CaseRecord; visit: VisitRecord; now: number };

async function moveVisit(tx: Sql, { file, moved, visit, now }: Moving): Promise<void> {
  if (visit.state === 'done' || visit.state === 'cancelled') return;
  if (visit.state === 'accepted') await tellHousehold(tx, moved, arranging(moved));
  const free = visit.state === 'unassigned' ? visit : await takeBack(tx, file, visitMoved(visit, 'freed'), 'replaced');
  await offerToNext(tx, moved, { ...free, escalatedAt: null, escalationDueAt: null }, now);
}
