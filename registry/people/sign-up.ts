// Accounts that people make for themselves: the mail address is theirs once they opened the link that was sent to it.
import type { Id, Language } from '#contracts';
import { DAY, PlatformError, type Sql } from '#runtime';
import { audit } from '../access/audit.ts';
import { emailIndex } from '../vault/email-index.ts';
import { deleteKey, seal } from '../vault/vault.ts';
import { mailPerson, sealedPart } from './mail-person.ts';
import { signUpAsked, signUpTaken } from './mail-words.ts';
import { dropOneTimeTokens, issueOneTimeToken, useOneTimeToken } from './one-time-tokens.ts';
import { hashPassword } from './passwords.ts';
import { insertPerson } from './people.ts';

const CONFIRM_WITHIN_MS = DAY;

export type SignUp = { email: string; name: string; password: string; language: Language; now: number };

/** Sends a mail, whatever is known of the address: who asks learns nothing. */
export async function signUp(sql: Sql, fields: SignUp): Promise<void> {
  const passwordHash = await hashPassword(fields.password);
  await dropUnconfirmed(sql, fields.now);
  try {
    await sql.transaction((tx) => ask(tx, fields, passwordHash));
  } catch (error) {
    // Somebody else asked with the same address at this moment, and gets the mail.
    if (!(error instanceof PlatformError) || error.code !== 'email-taken') throw error;
  }
}

async function ask(tx: Sql, fields: SignUp, passwordHash: string): Promise<void> {
  const known = await accountOf(tx, fields.email);
  if (known?.confirmed) return mailPerson(tx, known.id, { ...signUpTaken, path: '/' });
  // An account that was made for him waits for the invitation's link: nobody else chooses its password.
  if (known && known.role !== 'owner') return;
  const person = known ? await startAgain(tx, known.id, fields, passwordHash) : await start(tx, fields, passwordHash);
  await dropOneTimeTokens(tx, person, 'sign-up');
  const endsAt = fields.now + CONFIRM_WITHIN_MS;
  const token = await issueOneTimeToken(tx, { purpose: 'sign-up', person, endsAt, now: fields.now });
  const path = `/sign-up/confirmation#${await sealedPart(tx, person, token)}`;
  await mailPerson(tx, person, { ...signUpAsked(endsAt), path });
}

/** By mail address, whatever its state. */
export async function accountOf(
  tx: Sql,
  email: string,
): Promise<{ id: Id; role: string; confirmed: boolean; active: boolean } | null> {
  const [row] = await tx.query<{ id: Id; role: string; confirmed: boolean; active: boolean }>(
    `select id, role, confirmed_at is not null as confirmed, deactivated_at is null as active
       from app.person where email_index = $1`,
    [await emailIndex(tx, email)],
  );
  return row ?? null;
}

async function start(tx: Sql, fields: SignUp, passwordHash: string): Promise<Id> {
  const { email, name, password, language, now } = fields;
  const waiting = { email, name, password, language, now, role: 'owner', confirmed: false } as const;
  return (await insertPerson(tx, waiting, passwordHash)).id;
}

/** The first mail may be lost, or somebody else typed this address: what was said last counts. */
async function startAgain(tx: Sql, person: Id, fields: SignUp, passwordHash: string): Promise<Id> {
  await tx.query(
    'update app.person set name_sealed = $2, password_hash = $3, language = $4 where id = $1 and confirmed_at is null',
    [person, await seal(tx, person, fields.name), passwordHash, fields.language],
  );
  return person;
}

/** The person whose account it is from now on; null when the link was used or is too old. */
export async function confirmSignUp(sql: Sql, token: string, now: number): Promise<Id | null> {
  return sql.transaction(async (tx) => {
    const used = await useOneTimeToken(tx, { purpose: 'sign-up', token, now });
    if (!used) return null;
    await confirmPerson(tx, used.person, now);
    return used.person;
  });
}

export async function confirmPerson(tx: Sql, person: Id, now: number): Promise<void> {
  await tx.query('update app.person set confirmed_at = coalesce(confirmed_at, $2) where id = $1', [person, now]);
  await audit(tx, {
    now,
    by: `person:${person}`,
    action: 'person.confirmed',
    object: { kind: 'person', id: person },
  });
}

/** Who never answered is forgotten with everything that was sealed for him. Returns how many. */
export async function dropUnconfirmed(sql: Sql, now: number): Promise<number> {
  return sql.transaction(async (tx) => {
    const dropped = await tx.query<{ id: Id }>(
      `delete from app.person p where p.confirmed_at is null and p.created_at < $1
          and not exists (select 1 from app.one_time_token t where t.person = p.id and t.ends_at > $2) returning id`,
      [now - CONFIRM_WITHIN_MS, now],
    );
    for (const { id } of dropped) await deleteKey(tx, id);
    return dropped.length;
  });
}
