// What an appliance proves itself with: a random secret, kept as an HMAC whose key (the pepper) is not in the database.
import { createHmac, randomBytes } from 'node:crypto';
import type { Id } from '#contracts';

/** 192 bits as hex: a secret is typed into command lines, where one that begins with a dash is taken for an option. */
export const newSecret = (): string => randomBytes(24).toString('hex');

// The id is part of it, so that a row copied to another appliance is worth nothing.
export const secretHmac = (holder: Id, secret: string, pepper: string): string =>
  createHmac('sha256', pepper).update(`${holder}\u0000${secret}`).digest('hex');
