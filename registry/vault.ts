// Personal data at rest: sealed with a key per subject (a person or a household). Deleting the key is erasure, also of copies and backups.
import { createCipheriv, createDecipheriv, randomBytes } from 'node:crypto';
import type { Id } from '#contracts';
import type { Sql } from '#runtime';

const ALGORITHM = 'aes-256-gcm';
const VERSION = 1;
const IV_BYTES = 12;
const TAG_BYTES = 16;

/** The subject's key, made when there is none yet. Do not call it for somebody who was erased. */
async function keyFor(tx: Sql, subject: Id): Promise<Uint8Array> {
  await tx.query('insert into keys.subject_key (subject, key) values ($1, $2) on conflict (subject) do nothing', [
    subject,
    randomBytes(32),
  ]);
  const [row] = await tx.query<{ key: Uint8Array }>('select key from keys.subject_key where subject = $1', [subject]);
  return row!.key;
}

/** base64url of version, nonce, tag and cipher text. The subject is authenticated: a text moved to another row does not open. */
export async function seal(tx: Sql, subject: Id, text: string): Promise<string> {
  const iv = randomBytes(IV_BYTES);
  const cipher = createCipheriv(ALGORITHM, await keyFor(tx, subject), iv).setAAD(Buffer.from(subject));
  const sealed = Buffer.concat([cipher.update(text, 'utf8'), cipher.final()]);
  return Buffer.concat([Buffer.of(VERSION), iv, cipher.getAuthTag(), sealed]).toString('base64url');
}

/** Null when there is nothing, or when the subject's key was deleted. */
export function unseal(subject: Id, key: Uint8Array | null, sealed: string | null): string | null {
  if (key === null || sealed === null) return null;
  const bytes = Buffer.from(sealed, 'base64url');
  const iv = bytes.subarray(1, 1 + IV_BYTES);
  const tag = bytes.subarray(1 + IV_BYTES, 1 + IV_BYTES + TAG_BYTES);
  const decipher = createDecipheriv(ALGORITHM, key, iv).setAAD(Buffer.from(subject)).setAuthTag(tag);
  return Buffer.concat([decipher.update(bytes.subarray(1 + IV_BYTES + TAG_BYTES)), decipher.final()]).toString('utf8');
}

/** For a room that keeps a sealed text of its own. */
export async function openSealed(sql: Sql, subject: Id, sealed: string | null): Promise<string | null> {
  if (sealed === null) return null;
  const [row] = await sql.query<{ key: Uint8Array }>('select key from keys.subject_key where subject = $1', [subject]);
  return unseal(subject, row?.key ?? null, sealed);
}

/** Erasure: what was sealed for this subject can be read by nobody any more. */
export async function deleteKey(tx: Sql, subject: Id): Promise<void> {
  await tx.query('delete from keys.subject_key where subject = $1', [subject]);
}
