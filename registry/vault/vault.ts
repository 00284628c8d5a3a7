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
  return encrypt(subject, await keyFor(tx, subject), Buffer.from(text)).toString('base64url');
}

/** Null for a subject without a key: erased, or never there. The key stays until the transaction ends. */
export async function sealIfKnown(tx: Sql, subject: Id, text: string): Promise<string | null> {
  const [row] = await tx.query<{ key: Uint8Array }>('select key from keys.subject_key where subject = $1 for share', [
    subject,
  ]);
  return row ? encrypt(subject, row.key, Buffer.from(text)).toString('base64url') : null;
}

/** For many new subjects together, by subject. */
export async function sealEach(
  tx: Sql,
  texts: readonly { subject: Id; text: string }[],
): Promise<ReadonlyMap<Id, string>> {
  const keys = texts.map(({ subject }) => ({ subject, key: randomBytes(32).toString('hex') }));
  await tx.query(
    `insert into keys.subject_key (subject, key)
     select k.subject, decode(k.key, 'hex') from jsonb_to_recordset($1::jsonb) as k (subject uuid, key text)
     on conflict (subject) do nothing`,
    [JSON.stringify(keys)],
  );
  const rows = await tx.query<{ subject: Id; key: Uint8Array }>(
    'select subject, key from keys.subject_key where subject = any($1::uuid[])',
    [texts.map(({ subject }) => subject)],
  );
  const known = new Map(rows.map(({ subject, key }) => [subject, key]));
  return new Map(
    texts.map(({ subject, text }) => [
      subject,
      encrypt(subject, known.get(subject)!, Buffer.from(text)).toString('base64url'),
    ]),
  );
}

function encrypt(subject: Id, key: Uint8Array, plain: Uint8Array): Buffer {
  const iv = randomBytes(IV_BYTES);
  const cipher = createCipheriv(ALGORITHM, key, iv).setAAD(Buffer.from(subject));
  const sealed = Buffer.concat([cipher.update(plain), cipher.final()]);
  return Buffer.concat([Buffer.of(VERSION), iv, cipher.getAuthTag(), sealed]);
}

/** Null when there is nothing, or when the subject's key was deleted. */
export function unseal(subject: Id, key: Uint8Array | null, sealed: string | null): string | null {
  if (key === null || sealed === null) return null;
  return decrypt(subject, key, Buffer.from(sealed, 'base64url')).toString('utf8');
}

function decrypt(subject: Id, key: Uint8Array, bytes: Buffer): Buffer {
  const iv = bytes.subarray(1, 1 + IV_BYTES);
  const tag = bytes.subarray(1 + IV_BYTES, 1 + IV_BYTES + TAG_BYTES);
  const decipher = createDecipheriv(ALGORITHM, key, iv).setAAD(Buffer.from(subject)).setAuthTag(tag);
  return Buffer.concat([decipher.update(bytes.subarray(1 + IV_BYTES + TAG_BYTES)), decipher.final()]);
}

/** For a room that keeps a sealed text of its own. */
export async function openSealed(sql: Sql, subject: Id, sealed: string | null): Promise<string | null> {
  if (sealed === null) return null;
  return unseal(subject, await keyOf(sql, subject), sealed);
}

/** The subject's key, for bytes that stand outside of the database; null when it was deleted. Keep it no longer than the work lasts. */
export async function keyOf(sql: Sql, subject: Id): Promise<Uint8Array | null> {
  const [row] = await sql.query<{ key: Uint8Array }>('select key from keys.subject_key where subject = $1', [subject]);
  return row?.key ?? null;
}

/**
 * What appliances sent, each sealed with the key that the appliance's name is sealed with: the household's, or its own
 * where it stands in none.
 */
export async function sealForAppliances(
  tx: Sql,
  items: readonly { appliance: Id; bytes: Uint8Array }[],
): Promise<{ subject: Id; sealed: Uint8Array }[]> {
  const known = await tx.query<{ id: Id; subject: Id }>(
    // Held, so that a household which ends at this moment cannot get its key back.
    'select id, name_key as subject from app.appliance where id = any($1::uuid[]) for share',
    [items.map(({ appliance }) => appliance)],
  );
  const subjects = new Map(known.map(({ id, subject }) => [id, subject]));
  const keys = new Map<Id, Uint8Array>();
  const sealed: { subject: Id; sealed: Uint8Array }[] = [];
  for (const { appliance, bytes } of items) {
    const subject = subjects.get(appliance) ?? appliance;
    const key = keys.get(subject) ?? (await keyFor(tx, subject));
    keys.set(subject, key);
    sealed.push({ subject, sealed: encrypt(subject, key, bytes) });
  }
  return sealed;
}

/** Null when the subject's key was deleted. */
export async function openBytes(sql: Sql, subject: Id, sealed: Uint8Array): Promise<Uint8Array | null> {
  const key = await keyOf(sql, subject);
  return key && decrypt(subject, key, Buffer.from(sealed));
}

/** Erasure: what was sealed for this subject can be read by nobody any more. */
export async function deleteKey(tx: Sql, subject: Id): Promise<void> {
  await tx.query('delete from keys.subject_key where subject = $1', [subject]);
}
