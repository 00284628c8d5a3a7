// The end of a visit: what the technician found decides what comes next; whether it worked is proved by the readings.

import type { z } from 'zod';
import type { VisitResult } from '#contracts';
import { type Sql, step } from '#runtime';
import { type Act, actOn, type FieldServiceDeps } from './act.ts';
import { PROOF_MS } from './delays.ts';
import { closeCase, howItEnded } from './end-case.ts';
import { CASE_LIFE } from './life-cycles.ts';
import { visitDone } from './messages.ts';
import { visitMoved } from './offers.ts';
import { addVisit } from './open-case.ts';
import { tellHousehold } from './post.ts';
import { type CaseRecord, saveCase, saveVisit, type VisitRecord } from './records.ts';
import { happened, note } from './timeline.ts';

type Result = z.infer<typeof VisitResult>;

/** Reports an accepted visit as done. Throws `unknown-visit`, `wrong-state`. */
export async function finishVisit(deps: FieldServiceDeps, act: Act & { result: Result }): Promise<void> {
  const { person, now } = act;
  const { note: words, ...result } = act.result;
  await actOn(deps, act.visit, async (tx, file, visit) => {
    await saveVisit(tx, { ...visitMoved(visit, 'finished'), finishedAt: now, result });
    await note(tx, file, now, happened.finished(visit.technician, person, result.outcome, words));
    const ended = await howItEnded(tx, file.alert);
    if (ended !== null) return closeCase(tx, file, ended, now);
    await tellHousehold(tx, file, visitDone(file, result.outcome));
    await (result.outcome === 'part-needed' ? comeAgain(tx, file, visit, now) : awaitProof(tx, file, now));
  });
  await deps.jobs.wake('field-service');
}

/** The same technician comes again: he knows the appliance, and has said so himself. */
async function comeAgain(tx: Sql, file: CaseRecord, { technician, skill, parts }: VisitRecord, now: number) {
  await saveCase(tx, { ...file, state: step(CASE_LIFE, 'case', file.state, 'part-needed') });
  const again = await addVisit(tx, file, { state: 'accepted', technician, skill, parts }, now);
  await note(tx, file, now, { ...happened.accepted(again.technician!), by: null });
}

async function awaitProof(tx: Sql, file: CaseRecord, now: number): Promise<void> {
  const state = step(CASE_LIFE, 'case', file.state, 'visit-finished');
  await saveCase(tx, { ...file, state, dueAt: now + PROOF_MS });
}
