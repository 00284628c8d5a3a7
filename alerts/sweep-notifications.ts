// The sweep of notifications: claim a row, send it, mark it. No transaction is open while the mail server is asked, so a
// crash between sending and marking sends again, under the same Message-ID.
import { type Id, idOf, type OutgoingMessage } from '#contracts';
import { appliancesByIds, hasConsent, nameFor, openParts, personById, viewerOfPerson } from '#registry';
import { announce, DAY, type EndSpan, MINUTE, messageOf, PlatformError, SECOND, type Sql, takeEach } from '#runtime';
import type { MailSender } from './ports.ts';
import { type Letter, renderMail } from './render-mail.ts';
import type { AlertsDeps } from './sweep-alerts.ts';
import { insertNotification, OVER_BEFORE_SENT, TELLING_KINDS } from './tell.ts';
import type { MessageKind } from './words.ts';

/** Longer than a mail server may take to answer; after it, a row whose sender died is sent by another. */
const CLAIM_MS = 5 * MINUTE;
const GIVE_UP_AFTER_MS = DAY;
/** So many failures in a row mean that the server is away, and asking it for each row would take for ever. */
const FAILURES_MEAN_AWAY = 3;

const retryDelayMs = (attempts: number): number => Math.min(30 * MINUTE, 15 * SECOND * 2 ** attempts);

type Claimed = Letter & {
  alert: Id | null;
  about: Id | null;
  appliance: Id | null;
  /** Of the alert: by then the appliance may stand elsewhere. */
  household: Id | null;
  person: Id;
  attempts: number;
  created_at: number;
  moot: boolean;
  kind: string;
  /** What the alert says now came from there; null where there is no alert. */
  finding: Id | null;
  heard_at: number | null;
};

/** Takes messages that other stages left, sends what is due at `now`. Returns how many rows it took, sent or gave up. */
export async function sweepNotifications(deps: AlertsDeps, now: number): Promise<number> {
  const taken = await takeEach(deps.sql, 'message', now, (tx, body, id) =>
    takeMessage(tx, body as OutgoingMessage, id, now),
  );
  for (const error of taken.errors)
    deps.logger.error(error, 'a message could not be taken; it is kept and tried again');
  let settled = 0;
  let failures = 0;
  while (failures < FAILURES_MEAN_AWAY) {
    const row = await claim(deps.sql, now);
    if (!row) break;
    const span = beginSpan(deps, row);
    const outcome = await sendOne(deps, row, now);
    await mark(deps.sql, row, outcome, now);
    span?.({ notification: row.id, kind: row.kind, state: outcome.state });
    if (outcome.state === 'waiting') {
      failures++;
      deps.logger.warn({ notification: row.id, reason: outcome.reason }, 'a mail could not be sent yet');
    } else {
      failures = 0;
      settled++;
    }
  }
  const nextAt = await nextSendAt(deps.sql);
  if (taken.done + settled + failures > 0 && nextAt !== null) {
    await deps.jobs.wake('notifications', Math.max(0, nextAt - now));
  }
  return taken.done + settled;
}

/** A newer message of the same kind about the same page replaces one that still waits. */
async function takeMessage(tx: Sql, message: OutgoingMessage, outboxId: Id, now: number): Promise<void> {
  await tx.query(
    `update app.notification set state = 'not-sent', reason = 'replaced by a newer message', settled_at = $4
      where person = $1 and kind = $2 and path = $3 and state = 'waiting' and claimed_until <= $4`,
    [message.person, message.kind, message.path, now],
  );
  await insertNotification(tx, { ...message, id: idOf('message', outboxId), sendAt: now, now });
  if (message.alert !== null) await announce(tx, { what: 'alert', id: message.alert });
}

/** `moot`: the alert it tells of is over. */
async function claim(sql: Sql, now: number): Promise<Claimed | undefined> {
  const [row] = await sql.query<Claimed>(
    `with next as (
       select id from app.notification where state = 'waiting' and send_at <= $1 and claimed_until <= $1
        order by send_at, position limit 1 for update skip locked)
     update app.notification n set claimed_until = $2, attempts = n.attempts + 1 from next where n.id = next.id
     returning n.id, n.alert, n.person, n.kind, n.about, n.subject, n.lines, n.path, n.attempts, n.created_at,
       (select a.appliance from app.alert a where a.id = n.alert) as appliance,
       (select a.household from app.alert a where a.id = n.alert) as household,
       (select a.finding_id from app.alert a where a.id = n.alert) as finding,
       (select a.finding -> 'heardAt' from app.alert a where a.id = n.alert) as heard_at,
       n.kind = any($3::text[]) and exists (select 1 from app.alert a
         where a.id = n.alert and a.state in ('resolved', 'withdrawn')) as moot`,
    [now, now + CLAIM_MS, TELLING_KINDS],
  );
  return row;
}

/** A reminder, or what a clock or a person brought about, comes from no message. */
const FROM_FINDINGS: readonly string[] = ['opened', 'changed', 'resolved', 'withdrawn'] satisfies MessageKind[];

function beginSpan({ tracer }: AlertsDeps, row: Claimed): EndSpan | null | undefined {
  const { id, attempts, appliance, finding, heard_at: heardAt } = row;
  if (appliance === null || finding === null || heardAt === null || !FROM_FINDINGS.includes(row.kind)) return null;
  const follows = { step: 'take-finding', id: finding } as const;
  return tracer?.begin({ step: 'notify', id: `${id} ${attempts}`, heard: { appliance, heardAt }, follows });
}

type Outcome = { state: 'sent' | 'not-sent' | 'waiting'; reason: string | null };

const notSent = (reason: string): Outcome => ({ state: 'not-sent', reason });

async function sendOne({ sql, mail, publicUrl }: AlertsDeps, row: Claimed, now: number): Promise<Outcome> {
  if (row.moot) return notSent(OVER_BEFORE_SENT);
  if (mail === null) return notSent('no mail server');
  const person = await personById(sql, row.person);
  if (!person) return notSent('there is no such person any more');
  if (!(await stillConcerns(sql, row, now))) return notSent('it is not for this person any more');
  // Mails about the account itself come in any case, and staff are told what their work is.
  if (row.alert !== null && person.role === 'owner' && !(await hasConsent(sql, person.id, 'service-messages'))) {
    return notSent('this person wants no such mails');
  }
  const appliance = row.appliance && (await appliancesByIds(sql, [row.appliance])).get(row.appliance);
  const about = row.about && (await personById(sql, row.about));
  const names = { appliance: appliance ? nameFor(appliance, row.household) : null, person: about ? about.name : null };
  return send(mail, async () => {
    const letter = renderMail(row, person, names, publicUrl);
    const open = (text: string) => openParts(sql, person.id, text);
    return { ...letter, subject: await open(letter.subject), text: await open(letter.text) };
  });
}

/** Since the message was left somebody may have been put out of the household, or sent away. */
async function stillConcerns(sql: Sql, { alert, household, person }: Claimed, now: number): Promise<boolean> {
  if (alert === null) return true;
  const viewer = await viewerOfPerson(sql, person, now);
  if (!viewer || household === null || viewer.role !== 'owner') return viewer !== null;
  return viewer.households.some((membership) => membership.household === household);
}

async function send(mail: MailSender, render: () => Promise<Parameters<MailSender['send']>[0]>): Promise<Outcome> {
  try {
    await mail.send(await render());
    return { state: 'sent', reason: null };
  } catch (error) {
    const rejected = error instanceof PlatformError && error.kind === 'reject';
    const reason = withoutAddresses(messageOf(error));
    return rejected ? notSent(`refused: ${reason}`) : { state: 'waiting', reason };
  }
}

/** Mail servers quote the address in what they answer; it is kept and logged. */
const withoutAddresses = (reason: string): string => reason.replace(/[^\s<>()"',;:]+@[^\s<>()"',;:]+/g, '(address)');

async function mark(sql: Sql, row: Claimed, outcome: Outcome, now: number): Promise<void> {
  const retryAt = now + retryDelayMs(row.attempts);
  const givesUp = outcome.state === 'waiting' && retryAt > row.created_at + GIVE_UP_AFTER_MS;
  const { state, reason } = givesUp ? notSent(`gave up after a day: ${outcome.reason}`) : outcome;
  await sql.transaction(async (tx) => {
    await tx.query(
      `update app.notification set state = $2, reason = $3, claimed_until = 0, send_at = $4, settled_at = $5
        where id = $1 and state = 'waiting'`,
      [row.id, state, reason?.slice(0, 300) ?? null, retryAt, state === 'waiting' ? null : now],
    );
    if (row.alert !== null) await announce(tx, { what: 'alert', id: row.alert });
  });
}

async function nextSendAt(sql: Sql): Promise<number | null> {
  const [row] = await sql.query<{ at: number | null }>(
    "select min(greatest(send_at, claimed_until)) as at from app.notification where state = 'waiting'",
  );
  return row?.at ?? null;
}
