// Opens the sealed parts of a text at the moment it is shown to the person they were sealed for.
import type { Id } from '#contracts';
import type { Sql } from '#runtime';
import { openSealed } from './vault.ts';

const PART = /\{sealed:([\w-]+)\}/g;

/** `person` is who the text is for. What can no longer be opened is left out. */
export async function openParts(sql: Sql, person: Id, text: string): Promise<string> {
  const opened = new Map<string, string>();
  for (const [, sealed] of text.matchAll(PART)) {
    opened.set(sealed!, (await openSealed(sql, person, sealed!)) ?? '');
  }
  return text.replace(PART, (_whole, sealed: string) => opened.get(sealed) ?? '');
}
