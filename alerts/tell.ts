// Notification rows: who is told, and what becomes of rows that were not sent yet.
import { type Id, idOf, type Person, type Phrase } from '#contracts';
import { membersOf, peopleWithRole } from '#registry';
import type { Sql } from '#runtime';
import type { AlertRecord } from './alert-record.ts';
import { type MessageKind, type TellingKind, wordsOf } from './words.ts';

export const TELLING_KINDS: readonly TellingKind[] = ['opened', 'changed', 'reminder'];

export const OVER_BEFORE_SENT = 'over before it was sent';

/** The household; service staff where there is none. */
async function audienceOf(tx: Sql, alert: AlertRecord): Promise<Id[]> {
  const members = alert.household === null ? [] : await membersOf(tx, alert.household);
  if (members.length > 0) return ids(members);
  const dispatchers = await peopleWithRole(tx, 'dispatcher', alert.organisation);
  return ids(dispatchers.length > 0 ? dispatchers : await peopleWithRole(tx, 'administrator', alert.organisation));
}

const ids = (people: readonly Person[]): Id[] => people.map((person) => person.id);

/** Leaves a message for everybody concerned, or for `people`. Returns the alert with the message counted. */
export async function tell(
  tx: Sql,
  alert: AlertRecord,
  message: { kind: MessageKind; sendAt: number; now: number; people?: readonly Id[] },
): Promise<AlertRecord> {
  const { kind, sendAt, now } = message;
  const words = wordsOf(kind, alert);
  for (const person of message.people ?? (await audienceOf(tx, alert))) {
    await insertNotification(tx, {
      id: idOf(alert.id, person, kind, alert.messages),
      alert: alert.id,
      person,
      kind,
      ...words,
      path: `/alerts/${alert.id}`,
      sendAt,
      now,
    });
  }
  return { ...alert, messages: alert.messages + 1 };
}

export type NewNotification = {
  id: Id;
  alert: Id | null;
  person: Id;
  kind: string;
  subject: Phrase;
  lines: readonly Phrase[];
  path: string;
  about?: Id | undefined;
  sendAt: number;
  now: number;
};

/** The same id twice leaves one row. */
export async function insertNotification(tx: Sql, row: NewNotification): Promise<void> {
  await tx.query(
    `insert into app.notification (id, alert, person, kind, subject, lines, path, state, created_at, send_at, about)
     values ($1, $2, $3, $4, $5, $6, $7, 'waiting', $8, $9, $10) on conflict (id) do nothing`,
    [
      row.id,
      row.alert,
      row.person,
      row.kind,
      JSON.stringify(row.subject),
      JSON.stringify(row.lines),
      row.path,
      row.now,
      row.sendAt,
      row.about ?? null,
    ],
  );
}

/** The kinds of message about this alert that wait and are not being sent at this moment. */
export async function waitingKinds(tx: Sql, alert: Id, now: number): Promise<TellingKind[]> {
  const rows = await tx.query<{ kind: TellingKind }>(
    `select distinct kind from app.notification
      where alert = $1 and state = 'waiting' and claimed_until <= $2 and kind = any($3::text[])`,
    [alert, now, TELLING_KINDS],
  );
  return rows.map((row) => row.kind);
}

/** Waiting messages say what is true now; `sendAt`, when given, may only bring them forward. */
export async function rewriteWaiting(
  tx: Sql,
  alert: AlertRecord,
  kinds: readonly TellingKind[],
  sendAt: number | null,
  now: number,
): Promise<void> {
  for (const kind of kinds) {
    const { subject, lines } = wordsOf(kind, alert);
    await tx.query(
      `update app.notification set subject = $3, lines = $4, send_at = least(send_at, $5)
        where alert = $1 and kind = $2 and state = 'waiting' and claimed_until <= $6`,
      [alert.id, kind, JSON.stringify(subject), JSON.stringify(lines), sendAt, now],
    );
  }
}

/** Drops what was not sent yet. Returns the people who were told, or are being told at this moment. */
export async function stopTelling(tx: Sql, alert: Id, now: number): Promise<Id[]> {
  await tx.query(
    `update app.notification set state = 'not-sent', reason = $4, settled_at = $2
      where alert = $1 and state = 'waiting' and claimed_until <= $2 and kind = any($3::text[])`,
    [alert, now, TELLING_KINDS, OVER_BEFORE_SENT],
  );
  const told = await tx.query<{ person: Id }>(
    `select distinct person from app.notification
      where alert = $1 and kind = any($2::text[]) and state in ('sent', 'waiting') order by person`,
    [alert, TELLING_KINDS],
  );
  return told.map((row) => row.person);
}

/** Erasure: what was said to somebody, and what still waits to be said. */
export async function forgetMessagesTo(tx: Sql, person: Id): Promise<void> {
  await tx.query('delete from app.notification where person = $1', [person]);
}

/** Deletes messages that were settled before `before`. Returns how many. */
export async function forgetMessages(sql: Sql, before: number): Promise<number> {
  const rows = await sql.query(
    "delete from app.notification where state <> 'waiting' and settled_at < $1 returning 1 as one",
    [before],
  );
  return rows.length;
}

/** When people last heard of this problem of this appliance, in any episode; null when never. */
export async function lastSentAt(tx: Sql, appliance: Id, problem: string): Promise<number | null> {
  const [row] = await tx.query<{ at: number | null }>(
    `select max(n.settled_at) as at from app.notification n join app.alert a on a.id = n.alert
      where a.appliance = $1 and a.problem = $2 and n.state = 'sent' and n.kind = any($3::text[])`,
    [appliance, problem, TELLING_KINDS],
  );
  return row?.at ?? null;
}
