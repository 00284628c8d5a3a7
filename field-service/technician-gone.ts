// A technician who is no longer there: what he would have done is offered to the next one.
import type { Id } from '#contracts';
import type { Sql } from '#runtime';
import { offerToNext, takeBack, visitMoved } from './offers.ts';
import { lockVisit } from './records.ts';

/** Part of the transaction in which he goes. */
export async function technicianGone(tx: Sql, technician: Id, now: number): Promise<void> {
  const visits = await tx.query<{ id: Id }>(
    "select id from app.visit where technician = $1 and state in ('offered', 'accepted') order by id",
    [technician],
  );
  for (const { id } of visits) {
    const { file, visit } = await lockVisit(tx, id);
    await offerToNext(tx, file, await takeBack(tx, file, visitMoved(visit, 'freed'), 'refused'), now);
  }
}

/** Erasure: what was written in these households' cases. */
export async function forgetNotesOf(tx: Sql, households: readonly Id[]): Promise<void> {
  await tx.query('update app.case_event set note_sealed = null where note_key = any($1::uuid[])', [households]);
}
