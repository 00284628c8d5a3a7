// Log-in and sessions: an opaque random token for the browser, its hash at rest, an idle and an absolute end.
import type { ApiScope, Id, Person } from '#contracts';
import { DAY, MINUTE, type Sql } from '#runtime';
import { announceAccess } from './access-changes.ts';
import { emailIndex } from './email-index.ts';
import { passwordFits } from './passwords.ts';
import { personById } from './people.ts';
import type { Membership, Viewer } from './policy.ts';
import { newToken, tokenHash } from './tokens.ts';

const SESSION_IDLE_MS = 7 * DAY;
export const SESSION_ABSOLUTE_MS = 30 * DAY;
/** A session's last use is noted this often at most, so that reading does not mean writing. */
const TOUCH_EVERY_MS = 10 * MINUTE;

/** Null for an unknown person and for a wrong password alike, in the same time. Whoever asks throttles. */
export async function logIn(
  sql: Sql,
  { email, password, now }: { email: string; password: string; now: number },
): Promise<{ token: string; person: Person } | null> {
  const [row] = await sql.query<{ id: Id; password_hash: string }>(
    'select id, password_hash from app.person where email_index = $1',
    [await emailIndex(sql, email)],
  );
  if (!(await passwordFits(password, row?.password_hash ?? null)) || !row) return null;
  const person = await personById(sql, row.id);
  return person && { token: await openSession(sql, person.id, now), person };
}

export async function openSession(sql: Sql, person: Id, now: number): Promise<string> {
  const token = newToken();
  await sql.query('delete from app.session where seen_at < $1 or created_at < $2', [
    now - SESSION_IDLE_MS,
    now - SESSION_ABSOLUTE_MS,
  ]);
  await sql.query('insert into app.session (token_hash, person, created_at, seen_at) values ($1, $2, $3, $3)', [
    tokenHash(token),
    person,
    now,
  ]);
  return token;
}

type ViewerRow = { person: Id; role: Viewer['role']; organisation: Id | null; households: Membership[]; grants: Id[] };

/** `$2` is now, so that what was given for a while ends in time. */
const VIEWER_COLUMNS = `p.id as person, p.role, p.organisation,
  (select coalesce(jsonb_agg(jsonb_build_object('household', m.household, 'as', m.standing) order by m.household), '[]')
     from app.household_member m where m.person = p.id) as households,
  (select coalesce(jsonb_agg(distinct g.appliance), '[]') from app.repair_grant g
    where g.person = p.id and g.ends_at > $2 and g.revoked_at is null) as grants`;

/** Who holds this token now; null when it is unknown, idle for too long or too old. */
export async function sessionOf(sql: Sql, token: string, now: number): Promise<Viewer | null> {
  const [row] = await sql.query<ViewerRow & { seen_at: number }>(
    `select ${VIEWER_COLUMNS}, s.seen_at from app.session s join app.person p on p.id = s.person
      where s.token_hash = $1 and s.seen_at > $2::bigint - $3::bigint and s.created_at > $2::bigint - $4::bigint
        and p.erased_at is null`,
    [tokenHash(token), now, SESSION_IDLE_MS, SESSION_ABSOLUTE_MS],
  );
  if (!row) return null;
  const { seen_at, ...viewer } = row;
  if (now - seen_at > TOUCH_EVERY_MS) {
    await sql.query('update app.session set seen_at = $2 where token_hash = $1', [tokenHash(token), now]);
  }
  return { ...viewer, scopes: null, key: null };
}

/** The maker of an API key, narrowed to the key's scopes; null when it is unknown, deleted or past its end. */
export async function viewerOfKey(sql: Sql, token: string, now: number): Promise<Viewer | null> {
  const [row] = await sql.query<ViewerRow & { key: Id; scopes: ApiScope[]; used_at: number | null }>(
    `select ${VIEWER_COLUMNS}, a.id as key, a.scopes, a.used_at from app.api_key a join app.person p on p.id = a.person
      where a.token_hash = $1 and (a.ends_at is null or a.ends_at > $2) and p.erased_at is null`,
    [tokenHash(token), now],
  );
  if (!row) return null;
  const { used_at, ...viewer } = row;
  if (now - (used_at ?? 0) > TOUCH_EVERY_MS) {
    await sql.query('update app.api_key set used_at = $2 where id = $1', [row.key, now]);
  }
  return viewer;
}

/** Who this person is now, for what is done on his behalf while he is away; null when there is no such person any more. */
export async function viewerOfPerson(sql: Sql, person: Id, now: number): Promise<Viewer | null> {
  const [row] = await sql.query<ViewerRow>(
    `select ${VIEWER_COLUMNS} from app.person p where p.id = $1 and p.erased_at is null`,
    [person, now],
  );
  return row ? { ...row, scopes: null, key: null } : null;
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
