// Invitations by mail: into a household, to work for an organisation, to repair an appliance. Who has no account gets one.
import type { Id, Language, Role } from '#contracts';
import { DAY, PlatformError, type Sql } from '#runtime';
import { announceAccess } from '../access/access-changes.ts';
import { type Actor, audit } from '../access/audit.ts';
import { openSealed, seal } from '../vault/vault.ts';
import { mailPerson, sealedPart } from './mail-person.ts';
import { invitedToHousehold, type Words } from './mail-words.ts';
import { issueOneTimeToken, oneTimeToken, useOneTimeToken } from './one-time-tokens.ts';
import { hashPassword } from './passwords.ts';
import { insertPerson, joinHousehold } from './people.ts';
import { accountOf, confirmPerson } from './sign-up.ts';

export const INVITATION_MS = 7 * DAY;
/** Fits no password. */
export const NO_PASSWORD = 'none';

type About = { household?: Id; as?: 'owner' | 'member' };

/** An account that waits for its owner. His name is unknown until he says it. */
export async function waitingAccount(
  tx: Sql,
  fields: { email: string; role: Role; language: Language; now: number; by: Actor },
): Promise<Id> {
  const { email, role, language, now, by } = fields;
  const waiting = { email, role, language, now, by, name: '', password: '', confirmed: false };
  return (await insertPerson(tx, waiting, NO_PASSWORD)).id;
}

/** Leaves a mail with a link that works once, for a week. */
export async function invite(
  tx: Sql,
  fields: { person: Id; about?: About; words: (endsAt: number) => Words; now: number },
): Promise<void> {
  const endsAt = fields.now + INVITATION_MS;
  const token = await issueOneTimeToken(tx, { purpose: 'invitation', ...fields, endsAt });
  const path = `/invitation#${await sealedPart(tx, fields.person, token)}`;
  await mailPerson(tx, fields.person, { ...fields.words(endsAt), path });
}

/** Says nothing of whether there is an account. Throws `unknown-household`. */
export async function inviteToHousehold(
  sql: Sql,
  fields: { household: Id; email: string; as: 'owner' | 'member'; language: Language; now: number; by: Actor },
): Promise<void> {
  const { household, as, now, by } = fields;
  await sql.transaction(async (tx) => {
    const [row] = await tx.query<{ name_sealed: string | null }>(
      'select name_sealed from app.household where id = $1',
      [household],
    );
    if (!row) throw new PlatformError('unknown-household', 'reject', 'There is no such household.');
    const known = await accountOf(tx, fields.email);
    // Staff have no household; nobody outside is told that they are staff.
    if (known && known.role !== 'owner') return;
    const person = known?.id ?? (await waitingAccount(tx, { ...fields, role: 'owner' }));
    const name = await sealedPart(tx, person, (await openSealed(tx, household, row.name_sealed)) ?? '');
    await invite(tx, { person, about: { household, as }, words: (endsAt) => invitedToHousehold(name, endsAt), now });
    await audit(tx, {
      now,
      by,
      action: 'household.invited',
      object: { kind: 'household', id: household },
      detail: { person, as },
    });
  });
}

export type Acceptance = {
  token: string;
  /** Who is logged in, if anybody. */
  viewer: Id | null;
  name?: string | undefined;
  password?: string | undefined;
  language?: Language | undefined;
  now: number;
};

/**
 * Null when the link was used or is too old. `fresh`: the account was made ready just now and may be logged in. Throws
 * `log-in-first` when the account exists and somebody else, or nobody, is logged in, and `details-needed`.
 */
export async function acceptInvitation(sql: Sql, fields: Acceptance): Promise<{ person: Id; fresh: boolean } | null> {
  const { token, now } = fields;
  if (!(await oneTimeToken(sql, { purpose: 'invitation', token, now }))) return null;
  const passwordHash = fields.password === undefined ? null : await hashPassword(fields.password);
  return sql.transaction(async (tx) => {
    const used = await useOneTimeToken<About>(tx, { purpose: 'invitation', token, now });
    if (!used) return null;
    const { person, about } = used;
    const fresh = await makeReady(tx, person, fields, passwordHash);
    if (about.household !== undefined) await join(tx, person, about.household, about.as ?? 'member', now);
    return { person, fresh };
  });
}

async function makeReady(tx: Sql, person: Id, fields: Acceptance, passwordHash: string | null): Promise<boolean> {
  const [row] = await tx.query<{ confirmed: boolean }>(
    'select confirmed_at is not null as confirmed from app.person where id = $1 for no key update',
    [person],
  );
  if (row!.confirmed) {
    if (fields.viewer === person) return false;
    throw new PlatformError('log-in-first', 'reject', 'This invitation is for an account that exists.', {
      hint: 'Log in with the mail address that the invitation went to, then open the link again.',
    });
  }
  await takeDetails(tx, person, fields, passwordHash);
  await confirmPerson(tx, person, fields.now);
  return true;
}

/** An account that was made for him has a name already; he may give another. */
async function takeDetails(tx: Sql, person: Id, { name, language }: Acceptance, passwordHash: string | null) {
  const [row] = await tx.query<{ name_sealed: string | null }>('select name_sealed from app.person where id = $1', [
    person,
  ]);
  const known = await openSealed(tx, person, row!.name_sealed);
  if (passwordHash === null || !(name ?? known)) {
    throw new PlatformError('details-needed', 'reject', 'A new account needs a name and a password.', {
      hint: 'Send "name" and "password" with the token.',
    });
  }
  await tx.query(
    'update app.person set name_sealed = $2, password_hash = $3, language = coalesce($4, language) where id = $1',
    [person, await seal(tx, person, name ?? known ?? ''), passwordHash, language ?? null],
  );
}

/** An owner who is invited as a member stays an owner. */
async function join(tx: Sql, person: Id, household: Id, as: 'owner' | 'member', now: number): Promise<void> {
  const known = await tx.query('select 1 as one from app.household_member where household = $1 and person = $2', [
    household,
    person,
  ]);
  if (known.length > 0 && as === 'member') return;
  await joinHousehold(tx, { person, household, as });
  await announceAccess(tx, person);
  await audit(tx, {
    now,
    by: `person:${person}`,
    action: 'household.joined',
    object: { kind: 'household', id: household },
    detail: { person, as },
  });
}
