// Finding somebody by mail address without keeping the address readable: a keyed hash, whose key stands with the other keys.
import { createHmac, randomBytes } from 'node:crypto';
import type { Sql } from '#runtime';

export const sameCase = (email: string): string => email.trim().toLowerCase();

export async function openIndexKey(tx: Sql): Promise<void> {
  await tx.query('insert into keys.email_index_key (key) values ($1)', [randomBytes(32)]);
}

export async function emailIndex(sql: Sql, email: string): Promise<string> {
  return (await emailIndexes(sql))(email);
}

/** For many addresses together. */
export async function emailIndexes(sql: Sql): Promise<(email: string) => string> {
  const [row] = await sql.query<{ key: Uint8Array }>('select key from keys.email_index_key');
  return (email) => createHmac('sha256', row!.key).update(sameCase(email)).digest('hex');
}
