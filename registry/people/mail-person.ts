// A mail to one person, left in the outbox by the transaction that has the reason for it.
import { type Id, newId, type OutgoingMessage, type Phrase } from '#contracts';
import { put, type Sql } from '#runtime';
import { seal } from '../vault/vault.ts';

/** A text that only the mail itself shows: a name, or the token of a link. At rest it is sealed for who gets the mail. */
export async function sealedPart(tx: Sql, person: Id, text: string): Promise<string> {
  return `{sealed:${await seal(tx, person, text)}}`;
}

export async function mailPerson(
  tx: Sql,
  person: Id,
  mail: { kind: string; subject: Phrase; lines: Phrase[]; path: string },
): Promise<void> {
  const body: OutgoingMessage = { person, ...mail, alert: null };
  await put(tx, 'message', { id: newId(), key: person, body });
}
