// One finding change becomes what people must know. Everything of one change is one transaction.
import { type Finding, type FindingChange, newId } from '#contracts';
import { applianceById, holdAppliance } from '#registry';
import { announce, type Sql } from '#runtime';
import { type AlertRecord, insertAlert, lockAlert, lockLiveAlert, record, saveAlert } from './alert-record.ts';
import { firstMessageAt, moved, newAlert, type Place, planned, renewed, toldFirst } from './decide.ts';
import { sayOver } from './hand-over.ts';
import { lastSentAt, rewriteWaiting, stopTelling, tell, waitingKinds } from './tell.ts';

export async function takeFinding(tx: Sql, change: FindingChange, now: number): Promise<void> {
  await holdAppliance(tx, change.finding.appliance);
  const finding = await withOwnAnswers(tx, change.finding);
  const live = await lockLiveAlert(tx, finding.appliance, finding.problem);
  if (finding.state === 'open') {
    await (live ? renew(tx, live, finding, now) : openAlert(tx, finding, now));
  } else if (live?.finding.id === finding.id) {
    await end(tx, live, finding, now);
  } else {
    await keepAsHistory(tx, finding, now);
  }
}

/** Null for an appliance that was removed meanwhile: nobody is left to be told. */
async function placeOf(tx: Sql, { appliance }: Finding): Promise<Place | null> {
  const found = await applianceById(tx, appliance);
  return found && { household: found.household?.id ?? null, organisation: found.organisation };
}

/** A new alert, told to whom it concerns where the appliance stands now. */
export async function openAlert(tx: Sql, finding: Finding, now: number): Promise<void> {
  const place = await placeOf(tx, finding);
  if (!place) return;
  const born = newAlert(newId(), finding, place, now);
  if (!(await insertAlert(tx, born))) {
    // Somebody else opened one for the same pair since we looked: join it.
    const live = await lockLiveAlert(tx, finding.appliance, finding.problem);
    if (live) return renew(tx, live, finding, now);
    throw new Error('the alert that stood in the way is gone; try again');
  }
  await record(tx, born.id, 'opened', now);
  const sendAt = firstMessageAt(finding, await lastSentAt(tx, finding.appliance, finding.problem), now);
  await save(tx, await tell(tx, planned(toldFirst(born, sendAt), now), { kind: 'opened', sendAt, now }));
}

async function renew(tx: Sql, live: AlertRecord, finding: Finding, now: number): Promise<void> {
  const waiting = await waitingKinds(tx, live.id, now);
  const { alert, sendAt } = renewed(live, finding, now, waiting.length > 0);
  if (waiting.length > 0) await rewriteWaiting(tx, alert, waiting, sendAt, now);
  if (finding.id !== live.finding.id) await record(tx, live.id, 'opened', now);
  if (live.state !== 'open' && alert.state === 'open') await record(tx, live.id, 'woken', now);
  const news = sendAt !== null && waiting.length === 0;
  await save(tx, news ? await tell(tx, alert, { kind: 'changed', sendAt, now }) : alert);
}

async function end(tx: Sql, live: AlertRecord, finding: Finding, now: number): Promise<void> {
  const withdrawn = finding.state === 'withdrawn';
  const event = withdrawn ? 'withdrawn' : 'closed';
  const over = planned({ ...moved(live, event), finding, changedAt: now }, now);
  await record(tx, live.id, event, now);
  const people = await stopTelling(tx, live.id, now);
  const how = withdrawn ? 'withdrawn' : 'resolved';
  await sayOver(tx, live.id, how, now);
  // After a hand-over field service says it, together with what becomes of the visit: one message, not two.
  const says = live.handedOverAt === null && people.length > 0;
  await save(tx, says ? await tell(tx, over, { kind: how, sendAt: now, now, people }) : over);
}

/** It was over before we heard of it, or it is about an alert that is over: nobody is told. */
async function keepAsHistory(tx: Sql, finding: Finding, now: number): Promise<void> {
  const [known] = await tx.query<{ id: string }>(
    'select id from app.alert where finding_id = $1 order by taken_at desc limit 1',
    [finding.id],
  );
  const state = finding.state === 'withdrawn' ? 'withdrawn' : 'resolved';
  if (!known) {
    const place = await placeOf(tx, finding);
    if (!place) return;
    const silent = { ...newAlert(newId(), finding, place, now), state, silent: true } as const;
    await insertAlert(tx, silent);
    await announce(tx, { what: 'alert', id: silent.id });
    return;
  }
  const alert = await lockAlert(tx, known.id);
  if (alert?.state === 'resolved' && state === 'withdrawn') {
    await record(tx, alert.id, 'withdrawn', now);
    await save(tx, { ...moved(alert, 'withdrawn'), finding, changedAt: now });
  }
}

/** What another household answered, before the appliance changed hands, is not told to this one. */
async function withOwnAnswers(tx: Sql, finding: Finding): Promise<Finding> {
  if (finding.answers.length === 0) return finding;
  const since = (await applianceById(tx, finding.appliance))?.ownedSince ?? 0;
  return { ...finding, answers: finding.answers.filter(({ at }) => at >= since) };
}

export async function save(tx: Sql, alert: AlertRecord): Promise<void> {
  await saveAlert(tx, alert);
  await announce(tx, { what: 'alert', id: alert.id });
  await announce(tx, { what: 'appliance', id: alert.finding.appliance });
}
