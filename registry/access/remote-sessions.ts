// A look from afar, while a member of the household has said yes to it: asked for, answered, over. Every look is in the audit log.
import { type Id, newId, type RemoteSessionKind, type RemoteSessionReason, type RemoteSessionState } from '#contracts';
import { DAY, MINUTE, PlatformError, type Sql, step, type Transition } from '#runtime';
import { mailPerson } from '../people/mail-person.ts';
import { membersOf } from '../people/people.ts';
import { type Actor, audit } from './audit.ts';
import { remoteSessionAnswered, remoteSessionAsked } from './remote-session-words.ts';

/** So long a question waits for its answer. */
const ANSWER_WITHIN_MS = DAY;

export type RemoteSessionEvent = 'agreed' | 'refused' | 'over';

export const REMOTE_SESSION_LIFE: readonly Transition<RemoteSessionState, RemoteSessionEvent>[] = [
  { from: 'asked', event: 'agreed', to: 'running' },
  { from: 'asked', event: 'refused', to: 'refused' },
  { from: ['asked', 'running'], event: 'over', to: 'ended' },
];

export type RemoteSessionRecord = {
  id: Id;
  appliance: Id;
  household: Id;
  organisation: Id;
  askedBy: Id;
  reason: RemoteSessionReason;
  what: RemoteSessionKind;
  minutes: number;
  state: RemoteSessionState;
  askedAt: number;
  /** Asked: until when it may be answered. Running: until when it runs. Over: when it ended. */
  endsAt: number;
  looks: number;
};

const COLUMNS = `id, appliance, household, organisation, asked_by as "askedBy", reason, what, minutes, state,
  asked_at as "askedAt", ends_at as "endsAt", looks`;

// A session that was agreed to by an earlier household ended with it.
const RUNNING = `from app.remote_session s join app.appliance a on a.id = s.appliance
  where s.appliance = $1 and s.asked_by = $2 and s.state = 'running' and s.ends_at > $3 and a.household = s.household`;

/** Nobody has to end what has an end: what is past it is over. */
const at = (row: RemoteSessionRecord, now: number): RemoteSessionRecord =>
  (row.state === 'asked' || row.state === 'running') && row.endsAt <= now ? { ...row, state: 'ended' } : row;

type Ask = {
  appliance: Id;
  askedBy: Id;
  organisation: Id;
  reason: RemoteSessionReason;
  what: RemoteSessionKind;
  minutes: number;
  now: number;
  by: Actor;
};

/** Asks the household by mail. Throws `no-household` and `already-asked`. */
export async function askRemoteSession(sql: Sql, ask: Ask): Promise<RemoteSessionRecord> {
  return sql.transaction(async (tx) => {
    const [row] = await tx.query<{ household: Id | null }>(
      'select household from app.appliance where id = $1 for no key update',
      [ask.appliance],
    );
    const members = row?.household ? await membersOf(tx, row.household) : [];
    if (!row?.household || members.length === 0) {
      throw new PlatformError('no-household', 'reject', 'Nobody can say yes: the appliance belongs to no household.');
    }
    await mustBeFirst(tx, ask);
    const asked = await insert(tx, ask, row.household);
    for (const { id } of members) {
      await mailPerson(tx, id, { ...remoteSessionAsked(asked), path: `/appliances/${ask.appliance}` });
    }
    await noted(tx, asked, ask, 'remote-session.asked', { reason: ask.reason, what: ask.what });
    return asked;
  });
}

async function mustBeFirst(tx: Sql, { appliance, askedBy, now }: Ask): Promise<void> {
  const standing = await tx.query(
    `select id from app.remote_session
      where appliance = $1 and asked_by = $2 and state in ('asked', 'running') and ends_at > $3`,
    [appliance, askedBy, now],
  );
  if (standing.length === 0) return;
  throw new PlatformError('already-asked', 'reject', 'You have asked already, or the session is running.', {
    hint: 'End the one that stands first.',
  });
}

async function insert(tx: Sql, ask: Ask, household: Id): Promise<RemoteSessionRecord> {
  const row: RemoteSessionRecord = {
    id: newId(),
    appliance: ask.appliance,
    household,
    organisation: ask.organisation,
    askedBy: ask.askedBy,
    reason: ask.reason,
    what: ask.what,
    minutes: ask.minutes,
    state: 'asked',
    askedAt: ask.now,
    endsAt: ask.now + ANSWER_WITHIN_MS,
    looks: 0,
  };
  await tx.query(
    `insert into app.remote_session (id, appliance, household, organisation, asked_by, reason, what, minutes, state, asked_at, ends_at)
     values ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11)`,
    [
      row.id,
      row.appliance,
      household,
      row.organisation,
      row.askedBy,
      row.reason,
      row.what,
      row.minutes,
      row.state,
      row.askedAt,
      row.endsAt,
    ],
  );
  return row;
}

const noted = (
  tx: Sql,
  { id, organisation, appliance }: RemoteSessionRecord,
  { now, by }: { now: number; by: Actor },
  action: string,
  detail: Record<string, string> = {},
) =>
  audit(tx, {
    now,
    by,
    action,
    object: { kind: 'remote-session', id },
    organisation,
    detail: { appliance, ...detail },
  });

type Act = { session: Id; now: number; by: Actor };

/** Yes starts the clock. Throws `wrong-state`. Null when there is no such session. */
export async function answerRemoteSession(
  sql: Sql,
  { answer, ...act }: Act & { answer: 'yes' | 'no' },
): Promise<RemoteSessionRecord | null> {
  return moved(sql, act, answer === 'yes' ? 'agreed' : 'refused', `remote-session.${answer}`);
}

/** By who asked or by the household. Throws `wrong-state` when it is over. */
export async function endRemoteSession(sql: Sql, act: Act): Promise<RemoteSessionRecord | null> {
  return moved(sql, act, 'over', 'remote-session.ended');
}

async function moved(
  sql: Sql,
  act: Act,
  event: RemoteSessionEvent,
  action: string,
): Promise<RemoteSessionRecord | null> {
  return sql.transaction(async (tx) => {
    const [row] = await tx.query<RemoteSessionRecord>(
      `select ${COLUMNS} from app.remote_session where id = $1 for no key update`,
      [act.session],
    );
    if (!row) return null;
    const before = at(row, act.now);
    const state = step(REMOTE_SESSION_LIFE, 'remote session', before.state, event);
    const after = { ...before, state, endsAt: event === 'agreed' ? act.now + row.minutes * MINUTE : act.now };
    await tx.query('update app.remote_session set state = $2, ends_at = $3 where id = $1', [
      row.id,
      state,
      after.endsAt,
    ]);
    if (event !== 'over') {
      await mailPerson(tx, row.askedBy, { ...remoteSessionAnswered(after), path: `/appliances/${row.appliance}` });
    }
    await noted(tx, after, act, action);
    return after;
  });
}

export async function remoteSessionById(sql: Sql, id: Id, now: number): Promise<RemoteSessionRecord | null> {
  const [row] = await sql.query<RemoteSessionRecord>(`select ${COLUMNS} from app.remote_session where id = $1`, [id]);
  return row ? at(row, now) : null;
}

/** Newest first. With `household` those of that household's time only: what was before is not the new owner's business. */
export async function listRemoteSessions(
  sql: Sql,
  { appliance, household, now }: { appliance: Id; household: Id | null; now: number },
): Promise<RemoteSessionRecord[]> {
  const rows = await sql.query<RemoteSessionRecord>(
    `select ${COLUMNS} from app.remote_session where appliance = $1 and ($2::uuid is null or household = $2::uuid)
      order by asked_at desc, id desc limit 200`,
    [appliance, household],
  );
  return rows.map((row) => at(row, now));
}

/** What the household lets this person do with the appliance now. */
export async function runningSessions(
  sql: Sql,
  { appliance, person, now }: { appliance: Id; person: Id; now: number },
): Promise<RemoteSessionKind[]> {
  const rows = await sql.query<{ what: RemoteSessionKind }>(`select distinct what ${RUNNING}`, [
    appliance,
    person,
    now,
  ]);
  return rows.map(({ what }) => what);
}

/** Writes a look of `person` into the audit log, if he looks within a running session. Returns the session, null without one. */
export async function lookWithin(
  sql: Sql,
  { appliance, person, what, now, by }: { appliance: Id; person: Id; what: string; now: number; by: Actor },
): Promise<RemoteSessionRecord | null> {
  return sql.transaction(async (tx) => {
    const [row] = await tx.query<RemoteSessionRecord>(
      `update app.remote_session r set looks = looks + 1
        where id = (select s.id ${RUNNING} order by s.ends_at desc limit 1)
        returning ${COLUMNS}`,
      [appliance, person, now],
    );
    if (!row) return null;
    await noted(tx, row, { now, by }, 'remote-session.looked', { what });
    return row;
  });
}
