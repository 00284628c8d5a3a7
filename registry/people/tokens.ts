// Opaque random tokens. At rest only their hash is kept: who reads the database cannot use them.
import { createHash, randomBytes } from 'node:crypto';

/** 256 bits as base64url. */
export const newToken = (): string => randomBytes(32).toString('base64url');

// A plain hash is enough: the token has full entropy, there is nothing to guess.
export const tokenHash = (token: string): string => createHash('sha256').update(token).digest('hex');
