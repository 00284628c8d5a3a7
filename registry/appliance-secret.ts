// What an appliance proves itself with: a random secret, kept as an HMAC whose key (the pepper) is not in the database.
import { createHmac, randomBytes, timingSafeEqual } from 'node:crypto';
import { Id } from '#contracts';
import type { Sql } from '#runtime';

/** 192 bits as hex: a secret is typed into command lines, where one that begins with a dash is taken for an option. */
export const newSecret = (): string => randomBytes(24).toString('hex');

// The id is part of it, so that a row copied to another appliance is worth nothing.
export const secretHmac = (appliance: Id, secret: string, pepper: string): string =>
  createHmac('sha256', pepper).update(`${appliance}\u0000${secret}`).digest('hex');

/** The appliance that this id and secret belong to; null for an unknown id and for a wrong secret alike. */
export async function authenticateAppliance(
  sql: Sql,
  { id, secret, pepper }: { id: string; secret: string; pepper: string },
): Promise<{ model: string; household: Id | null } | null> {
  if (!Id.safeParse(id).success) return null;
  const rows = await sql.query<{ model: string; household: Id | null; secret_hmac: string }>(
    `select a.model, a.household, s.secret_hmac
       from app.appliance a join app.appliance_secret s on s.appliance = a.id where a.id = $1`,
    [id],
  );
  const offered = Buffer.from(secretHmac(id.toLowerCase(), secret, pepper));
  const match = rows.find((row) => timingSafeEqual(offered, Buffer.from(row.secret_hmac)));
  return match ? { model: match.model, household: match.household } : null;
}
