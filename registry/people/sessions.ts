// Log-in and sessions: an opaque random token for the browser, its hash at rest, an idle and an absolute end.
import { type ApiScope, type Id, newId, type Person } from '#contracts';
import { DAY, MINUTE, PlatformError, type Sql } from '#runtime';
import { announceAccess } from '../access/access-changes.ts';
import type { Membership, Viewer } from '../access/policy.ts';
import { emailIndex } from '../vault/email-index.ts';
import { passwordFits } from './passwords.ts';
import { personById } from './people.ts';
import { hasSecondFactor, spendCode } from './second-factor.ts';
import { newToken, tokenHash } from './tokens.ts';

const SESSION_IDLE_MS = 7 * DAY;
export const SESSION_ABSOLUTE_MS = 30 * DAY;
/** A session's last use is noted this often at most, so that reading does not mean writing. */
const TOUCH_EVERY_MS = 10 * MINUTE;

/** Nobody who was asked by mail and has not answered, who was sent away, or who was erased. */
const MAY_COME = 'p.confirmed_at is not null and p.deactivated_at is null and p.erased_at is null';

/**
 * Null for an unknown person and for a wrong password alike, in the same time. Whoever asks throttles. Throws
 * `second-factor-needed` and `wrong-code`, to nobody who does not know the password.
 */
export async function logIn(
  sql: Sql,
  { email, password, code, now }: { email: string; password: string; code?: string | undefined; now: number },
): Promise<{ token: string; person: Person } | null> {
  const [row] = await sql.query<{ id: Id; password_hash: string }>(
    `select p.id, p.password_hash from app.person p where p.email_index = $1 and ${MAY_COME}`,
    [await emailIndex(sql, email)],
  );
  if (!(await passwordFits(password, row?.password_hash ?? null)) || !row) return null;
  await mustHaveCode(sql, { person: row.id, code, now });
  const person = await personById(sql, row.id);
  return person && { token: await openSession(sql, person.id, now), person };
}

async function mustHaveCode(
  sql: Sql,
  { person, code, now }: { person: Id; code: string | undefined; now: number },
): Promise<void> {
  if (!(await hasSecondFactor(sql, person))) return;
  if (code === undefined) {
    throw new PlatformError('second-factor-needed', 'reject', 'This account also asks for a code.', {
      hint: 'Send the same request again with "code" from your authenticator app, or a recovery code.',
    });
  }
  if (await spendCode(sql, { person, code, now })) return;
  throw new PlatformError('wrong-code', 'reject', 'This code is not right, or it was used before.', {
    hint: 'Wait for the next code of the app, and check the clock of your telephone.',
  });
}

export async function openSession(sql: Sql, person: Id, now: number): Promise<string> {
  const token = newToken();
  await sql.query('delete from app.session where seen_at < $1 or created_at < $2', [
    now - SESSION_IDLE_MS,
    now - SESSION_ABSOLUTE_MS,
  ]);
  await sql.query(
    'insert into app.session (id, token_hash, person, created_at, seen_at, authenticated_at) values ($1, $2, $3, $4, $4, $4)',
    [newId(), tokenHash(token), person, now],
  );
  return token;
}

/** Somebody with a session says again who he is. Null: unknown session or wrong password. Throws as `logIn` does. */
export async function authenticateAgain(
  sql: Sql,
  { token, password, code, now }: { token: string; password: string; code?: string | undefined; now: number },
): Promise<Id | null> {
  const [row] = await sql.query<{ person: Id; password_hash: string }>(
    `select p.id as person, p.password_hash from app.session s join app.person p on p.id = s.person
      where s.token_hash = $1 and ${MAY_COME}`,
    [tokenHash(token)],
  );
  if (!(await passwordFits(password, row?.password_hash ?? null)) || !row) return null;
  await mustHaveCode(sql, { person: row.person, code, now });
  await sql.query('update app.session set authenticated_at = $2 where token_hash = $1', [tokenHash(token), now]);
  return row.person;
}

const FRESH_MS = 10 * MINUTE;

/** Whether the password was asked for in the last ten minutes. */
export async function isFresh(sql: Sql, token: string, now: number): Promise<boolean> {
  const rows = await sql.query('select 1 as one from app.session where token_hash = $1 and authenticated_at > $2', [
    tokenHash(token),
    now - FRESH_MS,
  ]);
  return rows.length > 0;
}

export type Session = { id: Id; createdAt: number; seenAt: number; endsAt: number; current: boolean };

/** Those that still run, newest first. `token` is the one that asks. */
export async function listSessions(sql: Sql, person: Id, token: string | null, now: number): Promise<Session[]> {
  const rows = await sql.query<Omit<Session, 'endsAt'>>(
    `select id, created_at as "createdAt", seen_at as "seenAt", token_hash = $2 as current from app.session
      where person = $1 and seen_at > $3 and created_at > $4 order by created_at desc, id desc`,
    [person, tokenHash(token ?? ''), now - SESSION_IDLE_MS, now - SESSION_ABSOLUTE_MS],
  );
  return rows.map((row) => ({
    ...row,
    endsAt: Math.min(row.seenAt + SESSION_IDLE_MS, row.createdAt + SESSION_ABSOLUTE_MS),
  }));
}

/** False when there is no such session of this person. */
export async function endSession(sql: Sql, { person, session }: { person: Id; session: Id }): Promise<boolean> {
  return sql.transaction(async (tx) => {
    const ended = await tx.query('delete from app.session where id = $1 and person = $2 returning id', [
      session,
      person,
    ]);
    if (ended.length > 0) await announceAccess(tx, person);
    return ended.length > 0;
  });
}

/** All of a person's, but for the one with the token `except`. What listens to live changes ends with them. */
export async function endSessions(tx: Sql, person: Id, except: string | null = null): Promise<void> {
  await tx.query('delete from app.session where person = $1 and token_hash <> $2', [person, tokenHash(except ?? '')]);
  await announceAccess(tx, person);
}

type ViewerRow = {
  person: Id;
  role: Viewer['role'];
  organisation: Id | null;
  households: Membership[];
  grants: Id[];
  must_enrol: boolean;
};

/** `$2` is now, so that what was given for a while ends in time. */
const VIEWER_COLUMNS = `p.id as person, p.role, p.organisation,
  (select coalesce(jsonb_agg(jsonb_build_object('household', m.household, 'as', m.standing) order by m.household), '[]')
     from app.household_member m where m.person = p.id) as households,
  (select coalesce(jsonb_agg(distinct g.appliance), '[]') from app.repair_grant g
    where g.person = p.id and g.ends_at > $2 and g.revoked_at is null) as grants,
  exists (select 1 from app.organisation o where o.id = p.organisation and o.second_factor_required)
    and not exists (select 1 from app.second_factor f where f.person = p.id and f.confirmed_at is not null) as must_enrol`;

/** Of who must enrol a second factor first, and can do nothing else. */
const ENROLMENT_ONLY: readonly ApiScope[] = ['account', 'account:read'];

/** Who holds this token now; null when it is unknown, idle for too long or too old. */
export async function sessionOf(sql: Sql, token: string, now: number): Promise<Viewer | null> {
  const [row] = await sql.query<ViewerRow & { seen_at: number }>(
    `select ${VIEWER_COLUMNS}, s.seen_at from app.session s join app.person p on p.id = s.person
      where s.token_hash = $1 and s.seen_at > $2::bigint - $3::bigint and s.created_at > $2::bigint - $4::bigint
        and ${MAY_COME}`,
    [tokenHash(token), now, SESSION_IDLE_MS, SESSION_ABSOLUTE_MS],
  );
  if (!row) return null;
  const { seen_at, must_enrol, ...viewer } = row;
  if (now - seen_at > TOUCH_EVERY_MS) {
    await sql.query('update app.session set seen_at = $2 where token_hash = $1', [tokenHash(token), now]);
  }
  return { ...viewer, scopes: must_enrol ? ENROLMENT_ONLY : null, key: null };
}

/** The maker of an API key, narrowed to the key's scopes; null when it is unknown, deleted or past its end. */
export async function viewerOfKey(sql: Sql, token: string, now: number): Promise<Viewer | null> {
  const [row] = await sql.query<ViewerRow & { key: Id; scopes: ApiScope[]; used_at: number | null }>(
    `select ${VIEWER_COLUMNS}, a.id as key, a.scopes, a.used_at from app.api_key a join app.person p on p.id = a.person
      where a.token_hash = $1 and (a.ends_at is null or a.ends_at > $2) and ${MAY_COME}`,
    [tokenHash(token), now],
  );
  if (!row || row.must_enrol) return null;
  const { used_at, must_enrol: _, ...viewer } = row;
  if (now - (used_at ?? 0) > TOUCH_EVERY_MS) {
    await sql.query('update app.api_key set used_at = $2 where id = $1', [row.key, now]);
  }
  return viewer;
}

/** Who this person is now, for what is done on his behalf while he is away; null when there is no such person any more. */
export async function viewerOfPerson(sql: Sql, person: Id, now: number): Promise<Viewer | null> {
  const [row] = await sql.query<ViewerRow>(
    `select ${VIEWER_COLUMNS} from app.person p where p.id = $1 and ${MAY_COME}`,
    [person, now],
  );
  if (!row) return null;
  const { must_enrol, ...viewer } = row;
  return { ...viewer, scopes: must_enrol ? ENROLMENT_ONLY : null, key: null };
}

/** What he still listens to ends with it. */
export async function logOut(sql: Sql, token: string): Promise<void> {
  await sql.transaction(async (tx) => {
    const [row] = await tx.query<{ person: Id }>('delete from app.session where token_hash = $1 returning person', [
      tokenHash(token),
    ]);
    if (row) await announceAccess(tx, row.person);
  });
}
