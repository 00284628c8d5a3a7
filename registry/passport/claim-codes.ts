// The code on a unit's label, with which its first owner claims it: used once, kept as a hash.
import { createHash, randomBytes } from 'node:crypto';
import type { Id } from '#contracts';
import type { Sql } from '#runtime';

/** Crockford's base 32: without the letters that are mistaken for digits. */
const ALPHABET = '0123456789ABCDEFGHJKMNPQRSTVWXYZ';
const CHARACTERS = 20;
const STRONG = /^[0-9A-HJKMNP-TV-Z]{16,64}$/;
/** In hex a character holds 4 bits instead of 5. */
const HEX = /^[0-9A-F]+$/;
const STRONG_HEX_CHARACTERS = 20;

/** 100 random bits in groups, e.g. "7K3QX-0WM5T-A9D2R-HJ4VB". */
export function newClaimCode(): string {
  const characters = Array.from(randomBytes(CHARACTERS), (byte) => ALPHABET[byte % ALPHABET.length]).join('');
  return characters.match(/.{5}/g)!.join('-');
}

/** As it was meant, however it was typed. */
const plainCode = (typed: string): string =>
  typed.toUpperCase().replaceAll(/[\s-]/g, '').replaceAll('O', '0').replaceAll(/[IL]/g, '1');

/** Whether a code that came from elsewhere has the shape of 80 bits or more. */
export function isStrongCode(typed: string): boolean {
  const code = plainCode(typed);
  return STRONG.test(code) && (code.length >= STRONG_HEX_CHARACTERS || !HEX.test(code));
}

// A plain hash is enough: the code has 80 bits and more, there is nothing to guess. The id is part of it, so that a row
// copied to another unit is worth nothing.
export const claimCodeHash = (appliance: Id, typed: string): string =>
  createHash('sha256')
    .update(`${appliance}\u0000${plainCode(typed)}`)
    .digest('hex');

/** The code before it, if there was one, is worth nothing from here on. */
export const setClaimCode = (
  tx: Sql,
  { appliance, code, now }: { appliance: Id; code: string; now: number },
): Promise<void> => setClaimCodes(tx, [{ appliance, code }], now);

/** For many units together. */
export async function setClaimCodes(
  tx: Sql,
  units: readonly { appliance: Id; code: string }[],
  now: number,
): Promise<void> {
  const rows = units.map(({ appliance, code }) => ({ appliance, hash: claimCodeHash(appliance, code) }));
  await tx.query(
    `insert into app.claim_code (appliance, code_hash, created_at)
     select c.appliance, c.hash, $2::bigint from jsonb_to_recordset($1::jsonb) as c (appliance uuid, hash text)
     on conflict (appliance) do update set code_hash = excluded.code_hash, created_at = excluded.created_at`,
    [JSON.stringify(rows), now],
  );
}

/** What the QR code holds. Behind the `#`, so that the code reaches no server's log. */
export function claimUrl(publicUrl: string, unit: { model: string; serial: string; code: string }): string {
  const fields = new URLSearchParams({ m: unit.model, s: unit.serial, c: unit.code });
  return `${publicUrl.replace(/\/$/, '')}/claim#${fields}`;
}
