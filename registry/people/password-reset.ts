// A new password: by mail for who forgot the old one, or by giving the old one.
import type { Id } from '#contracts';
import { HOUR, type Sql } from '#runtime';
import { type Actor, audit } from '../access/audit.ts';
import { mailPerson, sealedPart } from './mail-person.ts';
import { passwordChanged, resetAsked } from './mail-words.ts';
import { dropOneTimeTokens, issueOneTimeToken, oneTimeToken, useOneTimeToken } from './one-time-tokens.ts';
import { hashPassword } from './passwords.ts';
import { endSessions } from './sessions.ts';
import { accountOf } from './sign-up.ts';

const RESET_WITHIN_MS = HOUR;

/** Sends a mail to who has an account; who asks learns nothing. */
export async function askPasswordReset(sql: Sql, { email, now }: { email: string; now: number }): Promise<void> {
  await sql.transaction(async (tx) => {
    const known = await accountOf(tx, email);
    if (!known?.confirmed || !known.active) return;
    await dropOneTimeTokens(tx, known.id, 'password-reset');
    const endsAt = now + RESET_WITHIN_MS;
    const token = await issueOneTimeToken(tx, { purpose: 'password-reset', person: known.id, endsAt, now });
    const path = `/password-reset#${await sealedPart(tx, known.id, token)}`;
    await mailPerson(tx, known.id, { ...resetAsked(endsAt), path });
  });
}

/** Ends every session. A second factor stays. False when the link was used or is too old. */
export async function resetPassword(
  sql: Sql,
  { token, password, now }: { token: string; password: string; now: number },
): Promise<boolean> {
  if (!(await oneTimeToken(sql, { purpose: 'password-reset', token, now }))) return false;
  const passwordHash = await hashPassword(password);
  return sql.transaction(async (tx) => {
    const used = await useOneTimeToken(tx, { purpose: 'password-reset', token, now });
    if (!used) return false;
    await setPassword(tx, { person: used.person, passwordHash, keep: null, now, by: `person:${used.person}` });
    return true;
  });
}

/** Ends every other session; `keep` is the token of the one that stays. Whoever calls it has asked for the old password. */
export async function changePassword(
  sql: Sql,
  fields: { person: Id; password: string; keep: string | null; now: number; by: Actor },
): Promise<void> {
  const passwordHash = await hashPassword(fields.password);
  await sql.transaction((tx) => setPassword(tx, { ...fields, passwordHash }));
}

async function setPassword(
  tx: Sql,
  {
    person,
    passwordHash,
    keep,
    now,
    by,
  }: { person: Id; passwordHash: string; keep: string | null; now: number; by: Actor },
): Promise<void> {
  await tx.query('update app.person set password_hash = $2 where id = $1', [person, passwordHash]);
  await dropOneTimeTokens(tx, person, 'password-reset');
  await endSessions(tx, person, keep);
  await mailPerson(tx, person, { ...passwordChanged, path: '/' });
  await audit(tx, { now, by, action: 'person.password-changed', object: { kind: 'person', id: person } });
}
