// The sweep of field service: takes requests and endings that alerts left, then fires what is due.
import type { AlertOver, ServiceRequest } from '#contracts';
import { fireEach, takeEach } from '#runtime';
import type { FieldServiceDeps } from './act.ts';
import { claimDueCase, fireCaseClocks, nextCaseDueAt } from './clocks.ts';
import { endOfAlert } from './end-case.ts';
import { openCase } from './open-case.ts';

/**
 * Does all there is to do at `now`, returns how many rows it took and clocks it fired. Several workers may sweep at once.
 * What fails is logged, kept and tried again by a later sweep.
 */
export async function sweepFieldService(deps: FieldServiceDeps, now: number): Promise<number> {
  const { sql, jobs, logger } = deps;
  const parts = [
    await takeEach(sql, 'service-request', now, (tx, body) => openCase(tx, body as ServiceRequest, now)),
    await takeEach(sql, 'alert-over', now, (tx, body) => endOfAlert(tx, body as AlertOver, now)),
    await fireEach(
      sql,
      (tx, seen) => claimDueCase(tx, now, seen),
      (tx, file) => fireCaseClocks(tx, file, now),
    ),
  ];
  for (const error of parts.flatMap((part) => part.errors)) {
    logger.error(error, 'a step of field service failed; it is kept and tried again');
  }
  const done = parts.reduce((sum, part) => sum + part.done, 0);
  if (done > 0) {
    const dueAt = await nextCaseDueAt(sql);
    await jobs.wake('notifications');
    if (dueAt !== null) await jobs.wake('field-service', Math.max(0, dueAt - now));
  }
  return done;
}
