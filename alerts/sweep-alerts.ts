// The sweep of alerts: takes the findings that diagnosis left, then fires what is due.
import type { FindingChange } from '#contracts';
import { fireEach, type Jobs, type Logger, type Sql, type Tracer, takeEach } from '#runtime';
import { claimDueAlert, fireAlertClocks, nextAlertDueAt } from './clocks.ts';
import type { MailSender } from './ports.ts';
import { takeFinding } from './take-finding.ts';

/** `publicUrl` is where people reach the web page, without a slash at its end. */
export type AlertsDeps = {
  sql: Sql;
  jobs: Jobs;
  mail: MailSender | null;
  publicUrl: string;
  logger: Logger;
  tracer?: Tracer | undefined;
};

/**
 * Does all there is to do at `now`, returns how many rows it took and clocks it fired. Several workers may sweep at once.
 * What fails is logged, kept and tried again by a later sweep.
 */
export async function sweepAlerts(deps: AlertsDeps, now: number): Promise<number> {
  const { sql, jobs, logger } = deps;
  const taken = await takeEach(sql, 'finding', now, (tx, body) => takeOne(deps, tx, body as FindingChange, now));
  const fired = await fireEach(
    sql,
    (tx, seen) => claimDueAlert(tx, now, seen),
    (tx, alert) => fireAlertClocks(tx, alert, now),
  );
  for (const error of taken.errors) logger.error(error, 'a finding could not be taken; it is kept and tried again');
  for (const error of fired.errors) logger.error(error, 'a clock of an alert could not fire; it is tried again');
  const done = taken.done + fired.done;
  if (done > 0) await wakeOthers(jobs, await nextAlertDueAt(sql), now);
  return done;
}

/** One whose taking fails leaves no span: it is taken again. */
async function takeOne({ tracer }: AlertsDeps, tx: Sql, change: FindingChange, now: number): Promise<void> {
  const { id, appliance, problem, heardAt } = change.finding;
  const heard = heardAt === undefined ? null : { appliance, heardAt };
  const taken = heard && tracer?.begin({ step: 'take-finding', id, heard });
  await takeFinding(tx, change, now);
  taken?.({ finding: id, problem, change: change.change });
}

async function wakeOthers(jobs: Jobs, nextDueAt: number | null, now: number): Promise<void> {
  await jobs.wake('notifications');
  await jobs.wake('field-service');
  if (nextDueAt !== null) await jobs.wake('alerts', Math.max(0, nextDueAt - now));
}
