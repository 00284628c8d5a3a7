// The second factor of staff: time-based codes (RFC 6238) of an authenticator app, and recovery codes. Every code works once.
import { Secret, TOTP } from 'otpauth';
import type { Id } from '#contracts';
import { PlatformError, SECOND, type Sql } from '#runtime';
import { type Actor, audit } from '../access/audit.ts';
import { openSealed, seal } from '../vault/vault.ts';
import { tokenHash } from './tokens.ts';

const PERIOD_MS = 30 * SECOND;
/** Clocks of telephones are off by a little: the step before and the step after count too. */
const DRIFT_STEPS = 1;
const SECRET_BYTES = 20;
const RECOVERY_CODES = 10;
/** In ASCII: a code of other digits is longer in bytes, which the comparison takes for an error. */
const TIME_CODE = /^[0-9]{6}$/;

type Row = { secret_sealed: string; confirmed_at: number | null };

const rowOf = async (sql: Sql, person: Id): Promise<Row | null> =>
  (await sql.query<Row>('select secret_sealed, confirmed_at from app.second_factor where person = $1', [person]))[0] ??
  null;

export async function hasSecondFactor(sql: Sql, person: Id): Promise<boolean> {
  return ((await rowOf(sql, person))?.confirmed_at ?? null) !== null;
}

/** `demanded`: by the organisation he works for. */
export async function secondFactorOf(
  sql: Sql,
  person: Id,
): Promise<{ on: boolean; demanded: boolean; recoveryCodesLeft: number }> {
  const [row] = await sql.query<{ demanded: boolean; left: number }>(
    `select coalesce((select o.second_factor_required from app.organisation o where o.id = p.organisation), false) as demanded,
       (select count(*)::int from app.recovery_code c where c.person = p.id) as left
       from app.person p where p.id = $1`,
    [person],
  );
  return {
    on: await hasSecondFactor(sql, person),
    demanded: row?.demanded ?? false,
    recoveryCodesLeft: row?.left ?? 0,
  };
}

/** A fresh secret for an authenticator app; counts from `confirmSecondFactor` on. Throws `second-factor-on`. */
export async function enrolSecondFactor(
  sql: Sql,
  { person, label, now }: { person: Id; label: string; now: number },
): Promise<{ secret: string; url: string }> {
  const secret = new Secret({ size: SECRET_BYTES });
  await sql.transaction(async (tx) => {
    const kept = await tx.query(
      `insert into app.second_factor as f (person, secret_sealed, created_at) values ($1, $2, $3)
       on conflict (person) do update set secret_sealed = excluded.secret_sealed, created_at = excluded.created_at
         where f.confirmed_at is null returning person`,
      [person, await seal(tx, person, secret.base32), now],
    );
    if (kept.length === 0) {
      throw new PlatformError('second-factor-on', 'reject', 'There is a second factor already.', {
        hint: 'Remove it first.',
      });
    }
  });
  return { secret: secret.base32, url: new TOTP({ issuer: 'Stethos', label, secret }).toString() };
}

/** Switches it on with the first code. Returns the recovery codes; null for a wrong code. */
export async function confirmSecondFactor(
  sql: Sql,
  { person, code, now, by }: { person: Id; code: string; now: number; by: Actor },
): Promise<string[] | null> {
  return sql.transaction(async (tx) => {
    const row = await rowOf(tx, person);
    const plain = plainOf(code);
    if (!row || row.confirmed_at !== null || !TIME_CODE.test(plain)) return null;
    if (!(await spendTimeCode(tx, { person, code: plain, now }))) return null;
    await tx.query('update app.second_factor set confirmed_at = $2 where person = $1', [person, now]);
    await audit(tx, { now, by, action: 'second-factor.confirmed', object: { kind: 'person', id: person } });
    return newRecoveryCodes(tx, person);
  });
}

/** Earlier ones stop working. */
export async function renewRecoveryCodes(
  sql: Sql,
  { person, now, by }: { person: Id; now: number; by: Actor },
): Promise<string[]> {
  return sql.transaction(async (tx) => {
    if (!(await hasSecondFactor(tx, person))) {
      throw new PlatformError('second-factor-off', 'reject', 'There is no second factor.', {
        hint: 'Enrol one first.',
      });
    }
    await audit(tx, { now, by, action: 'second-factor.codes-renewed', object: { kind: 'person', id: person } });
    return newRecoveryCodes(tx, person);
  });
}

/** By the person, or for somebody who lost his telephone by an administrator. */
export async function removeSecondFactor(
  sql: Sql,
  { person, now, by }: { person: Id; now: number; by: Actor },
): Promise<void> {
  await sql.transaction(async (tx) => {
    const removed = await tx.query('delete from app.second_factor where person = $1 returning person', [person]);
    await tx.query('delete from app.recovery_code where person = $1', [person]);
    if (removed.length === 0) return;
    await audit(tx, { now, by, action: 'second-factor.removed', object: { kind: 'person', id: person } });
  });
}

/** As people type it. */
const plainOf = (code: string): string => code.replace(/[\s-]/g, '').toLowerCase();

/** True for a code of the app or a recovery code that was not used before; it is used up by that. */
export async function spendCode(
  sql: Sql,
  { person, code, now }: { person: Id; code: string; now: number },
): Promise<boolean> {
  const plain = plainOf(code);
  if (TIME_CODE.test(plain)) return spendTimeCode(sql, { person, code: plain, now });
  const spent = await sql.query('delete from app.recovery_code where person = $1 and code_hash = $2 returning person', [
    person,
    tokenHash(plain),
  ]);
  return spent.length > 0;
}

/** `code` is a TIME_CODE. A step is spent by whoever writes it first: the same code does not work twice, and none before it. */
async function spendTimeCode(
  sql: Sql,
  { person, code, now }: { person: Id; code: string; now: number },
): Promise<boolean> {
  const secret = await openSealed(sql, person, (await rowOf(sql, person))?.secret_sealed ?? null);
  if (secret === null) return false;
  const totp = new TOTP({ secret: Secret.fromBase32(secret) });
  const delta = totp.validate({ token: code, timestamp: now, window: DRIFT_STEPS });
  if (delta === null) return false;
  const spent = await sql.query(
    'update app.second_factor set last_step = $2 where person = $1 and last_step < $2 returning person',
    [person, Math.floor(now / PERIOD_MS) + delta],
  );
  return spent.length > 0;
}

async function newRecoveryCodes(tx: Sql, person: Id): Promise<string[]> {
  await tx.query('delete from app.recovery_code where person = $1', [person]);
  const codes = Array.from({ length: RECOVERY_CODES }, recoveryCode);
  for (const code of codes) {
    await tx.query('insert into app.recovery_code (person, code_hash) values ($1, $2)', [
      person,
      tokenHash(code.replaceAll('-', '')),
    ]);
  }
  return codes;
}

/** 80 bits: too many for a plain hash to be turned round. */
function recoveryCode(): string {
  const letters = new Secret({ size: 10 }).base32.toLowerCase();
  return letters.match(/.{4}/g)!.join('-');
}
