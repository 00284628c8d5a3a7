// Identifiers. Everything that exists has a UUIDv7; a finding has a UUIDv5 of what it is about, so that a replay names it alike.
import { v5, v7 } from 'uuid';
import { z } from 'zod';

export const Id = z.uuid().meta({ description: 'UUID' });
export type Id = z.infer<typeof Id>;

/** A new UUIDv7: unique, and sorted by time of creation. */
export const newId = (): Id => v7();

const STETHOS_NAMESPACE = '6f1f6e0c-5a3c-4d0c-9a54-9d6f7d1f3b5e';

/** The same parts always give the same id (UUIDv5). Use it where a replay must not make a second row. */
export const idOf = (...parts: readonly (string | number)[]): Id => v5(parts.join('\u0000'), STETHOS_NAMESPACE);
