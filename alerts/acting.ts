// What people do with an alert. Whether they may is asked before, at the door of the API.
import type { AnswerBody, Id, LogRecord, Question } from '#contracts';
import { announce, factRecord, PlatformError } from '#runtime';
import { type AlertHappening, type AlertRecord, lockAlert, record, saveAlert } from './alert-record.ts';
import { isLive, moved, planned } from './decide.ts';
import { handOver } from './hand-over.ts';
import type { AlertsDeps } from './sweep-alerts.ts';
import { rewriteWaiting, waitingKinds } from './tell.ts';

type Acting = Pick<AlertsDeps, 'sql' | 'jobs'>;

/** "I have seen it": reminders stop. Doing it twice is once. Throws `unknown-alert`, `wrong-state`. */
export async function acknowledge(deps: Acting, act: { alert: Id; person: Id; now: number }): Promise<void> {
  await change(deps, act, 'acknowledged', async (alert) => planned(moved(alert, 'acknowledged'), act.now));
}

/** No reminder and no hand-over before `until`; then it is open again. Throws `unknown-alert`, `wrong-state`. */
export async function snooze(deps: Acting, act: { alert: Id; person: Id; until: number; now: number }): Promise<void> {
  await change(deps, act, 'snoozed', async (alert) =>
    planned({ ...moved(alert, 'snoozed'), wakeAt: act.until }, act.now),
  );
  await deps.jobs.wake('alerts', Math.max(0, act.until - act.now));
}

/** Hands the alert to service now; asking twice is once. Throws `unknown-alert`, `wrong-state`. */
export async function requestService(deps: Acting, act: { alert: Id; person: Id; now: number }): Promise<void> {
  await change(deps, act, 'service-requested', async (alert, tx) => {
    if (!isLive(alert.state)) {
      throw new PlatformError('wrong-state', 'reject', 'This alert is over; there is nothing to send anybody for.');
    }
    return handOver(tx, alert, 'owner-asked', act.now);
  });
  await deps.jobs.wake('field-service');
}

async function change(
  { sql }: Acting,
  { alert: id, person, now }: { alert: Id; person: Id; now: number },
  what: AlertHappening,
  act: (alert: AlertRecord, tx: Parameters<typeof lockAlert>[0]) => Promise<AlertRecord>,
): Promise<void> {
  await sql.transaction(async (tx) => {
    const alert = await lockAlert(tx, id);
    if (!alert) throw new PlatformError('unknown-alert', 'reject', 'There is no such alert.');
    const changed = { ...(await act(alert, tx)), changedAt: now };
    await saveAlert(tx, changed);
    await record(tx, id, what, now, person);
    await rewriteWaiting(tx, changed, await waitingKinds(tx, id, now), null, now);
    await announce(tx, { what: 'alert', id });
  });
}

/** The question that the alert asks at this moment. */
export type AskingAlert = { appliance: Id; problem: string; question: Question | null };

/**
 * An answer as a record of the log: diagnosis hears it there and ranks the causes anew. Throws `wrong-answer` when the
 * alert does not ask this, or no longer.
 */
export function answerRecord(given: {
  alert: AskingAlert;
  question: string;
  answer: string;
  person: Id;
  now: number;
}): LogRecord {
  const { alert, question, answer, person, now } = given;
  const asked = alert.question?.question === question ? alert.question : null;
  if (!asked?.answers.some((one) => one.answer === answer)) {
    throw new PlatformError('wrong-answer', 'reject', 'This alert does not ask that, or no longer.', {
      hint: alert.question
        ? `It asks "${alert.question.question}": ${alert.question.answers.map((one) => one.answer).join(' or ')}.`
        : 'It has no open question.',
    });
  }
  const body: AnswerBody = { problem: alert.problem, question, answer, by: person };
  return factRecord('answer', now, alert.appliance, body);
}
