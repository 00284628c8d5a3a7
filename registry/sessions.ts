// Log-in and sessions: an opaque random token for the browser, its hash at rest, an idle and an absolute end.
import type { Id, Person } from '#contracts';
import { DAY, MINUTE, type Sql } from '#runtime';
import { passwordFits } from './passwords.ts';
import { personById, sameCase } from './people.ts';
import type { Viewer } from './policy.ts';
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
    'select id, password_hash from app.person where email = $1',
    [sameCase(email)],
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

type SessionRow = { person: Id; role: Viewer['role']; households: Id[]; seen_at: number };

/** Who holds this token now; null when it is unknown, idle for too long or too old. */
export async function sessionOf(sql: Sql, token: string, now: number): Promise<Viewer | null> {
  const [row] = await sql.query<SessionRow>(
    `select p.id as person, p.role, s.seen_at,
            (select coalesce(jsonb_agg(m.household order by m.household), '[]'::jsonb)
               from app.household_member m where m.person = p.id) as households
       from app.session s join app.person p on p.id = s.person
      where s.token_hash = $1 and s.seen_at > $2 and s.created_at > $3`,
    [tokenHash(token), now - SESSION_IDLE_MS, now - SESSION_ABSOLUTE_MS],
  );
  if (!row) return null;
  if (now - row.seen_at > TOUCH_EVERY_MS) {
    await sql.query('update app.session set seen_at = $2 where token_hash = $1', [tokenHash(token), now]);
  }
  return { person: row.person, role: row.role, households: row.households };
}

export async function logOut(sql: Sql, token: string): Promise<void> {
  await sql.query('delete from app.session where token_hash = $1', [tokenHash(token)]);
}
