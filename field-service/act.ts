// What people do with a visit. Whether they may is asked before, at the door of the API; what only the state of the visit
// can tell is checked here, under its lock.

import type { z } from 'zod';
import { type Id, iso, type Slot } from '#contracts';
import { membersOf, technicians } from '#registry';
import { type Jobs, type Logger, PlatformError, type Sql } from '#runtime';
import { accepted, slotPicked } from './messages.ts';
import { offer, offerToNext, settleOffer, takeBack, visitMoved } from './offers.ts';
import { tellHousehold, tellTechnician } from './post.ts';
import { type CaseRecord, lockVisit, saveVisit, type VisitRecord, worksFor } from './records.ts';
import { type SlotTimes, slotsFrom } from './slots.ts';
import { happened, note } from './timeline.ts';

export type FieldServiceDeps = { sql: Sql; jobs: Jobs; logger: Logger };
export type Act = { visit: Id; person: Id; now: number };

export async function actOn(
  { sql, jobs }: Pick<FieldServiceDeps, 'sql' | 'jobs'>,
  visit: Id,
  work: (tx: Sql, file: CaseRecord, visit: VisitRecord) => Promise<void>,
): Promise<void> {
  await sql.transaction(async (tx) => {
    const held = await lockVisit(tx, visit);
    await work(tx, held.file, held.visit);
  });
  await jobs.wake('notifications');
}

/** "I will come." Twice is once. Throws `unknown-visit`, `wrong-state`, `not-yours`. */
export async function acceptVisit(deps: FieldServiceDeps, { visit: id, person, now }: Act): Promise<void> {
  await actOn(deps, id, async (tx, file, visit) => {
    if (visit.state === 'accepted' && visit.technician === person) return;
    mustHaveOffer(visit, person);
    const taken = visitMoved(visit, 'accepted');
    await saveVisit(tx, { ...taken, dueAt: null, responseDueAt: null, escalationDueAt: null });
    await settleOffer(tx, visit, 'accepted');
    await note(tx, file, now, happened.accepted(person));
    await tellHousehold(tx, file, accepted(taken, person));
  });
}

/** "I cannot come": the next technician is asked at once. Throws `unknown-visit`, `wrong-state`, `not-yours`. */
export async function refuseVisit(deps: FieldServiceDeps, { visit: id, person, now }: Act): Promise<void> {
  await actOn(deps, id, async (tx, file, visit) => {
    mustHaveOffer(visit, person);
    await note(tx, file, now, happened.refused(person));
    const freed = visitMoved(visit, 'freed');
    await offerToNext(tx, file, await takeBack(tx, file, freed, 'refused'), now);
  });
  await deps.jobs.wake('field-service');
}

/** An offer may have moved on while its page stood open. */
function mustHaveOffer(visit: VisitRecord, person: Id): void {
  if (visit.state !== 'offered') visitMoved(visit, 'accepted');
  if (visit.technician === person) return;
  throw new PlatformError('not-yours', 'reject', 'This visit is offered to somebody else by now.');
}

/** A dispatcher's word counts more than any order of asking. Throws `unknown-visit`, `wrong-state`, `unknown-technician`. */
export async function assign(deps: FieldServiceDeps, act: Act & { technician: Id }): Promise<void> {
  const { technician, person, now } = act;
  await actOn(deps, act.visit, async (tx, file, visit) => {
    if (!(await technicians(tx, [worksFor(file)])).some((one) => one.id === technician)) {
      throw new PlatformError('unknown-technician', 'reject', 'There is no such technician.');
    }
    const assigned = visitMoved(visit, 'assigned');
    if (visit.technician === technician) return;
    await note(tx, file, now, happened.assigned(technician, person));
    await offer(tx, file, await takeBack(tx, file, assigned, 'replaced'), technician, now);
  });
  await deps.jobs.wake('field-service');
}

/** The times that the household may pick from at `now`. Throws `unknown-visit`. */
export async function slotsFor(sql: Sql, visit: Id, now: number): Promise<z.infer<typeof Slot>[]> {
  const [row] = await sql.query<{ household: Id | null }>(
    'select c.household from app.service_case c join app.visit v on v.case_id = c.id where v.id = $1',
    [visit],
  );
  if (!row) throw new PlatformError('unknown-visit', 'reject', 'There is no such visit.');
  const slots = slotsFrom(now, await timeZoneOf(sql, row.household));
  return slots.map(({ start, end }) => ({ start: iso(start), end: iso(end) }));
}

async function timeZoneOf(sql: Sql, household: Id | null): Promise<string> {
  const [first] = household === null ? [] : await membersOf(sql, household);
  return first?.timeZone ?? 'UTC';
}

/** One of the times offered; may be changed until the visit is done. Throws `unknown-visit`, `wrong-state`, `not-a-slot`. */
export async function pickSlot(deps: FieldServiceDeps, act: Act & { start: number }): Promise<void> {
  const { start, person, now } = act;
  await actOn(deps, act.visit, async (tx, file, visit) => {
    if (visit.state === 'done' || visit.state === 'cancelled') {
      throw new PlatformError('wrong-state', 'reject', `This visit is ${visit.state}; it needs no time any more.`);
    }
    const slots = slotsFrom(now, await timeZoneOf(tx, file.household));
    const slot = slots.find((one) => one.start === start);
    if (!slot) throw notASlot(slots);
    if (visit.slotStart === start) return;
    await saveVisit(tx, { ...visit, slotStart: slot.start, slotEnd: slot.end });
    await note(tx, file, now, happened.slotPicked(slot, person));
    if (visit.state === 'accepted' && visit.technician !== null) {
      await tellTechnician(tx, file, visit, visit.technician, slotPicked(file, slot.start, slot.end));
    }
  });
}

const notASlot = (slots: readonly SlotTimes[]): PlatformError =>
  new PlatformError('not-a-slot', 'reject', 'This is not one of the times offered.', {
    hint: `Offered now: ${slots.map((slot) => iso(slot.start)).join(', ')}.`,
  });
