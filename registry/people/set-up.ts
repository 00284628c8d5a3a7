// The first administrator: a link with a single-use token, issued only while there is no administrator.
import type { z } from 'zod';
import type { Person, SetUp } from '#contracts';
import type { Sql } from '#runtime';
import { hashPassword } from './passwords.ts';
import { insertPerson } from './people.ts';
import { newToken, tokenHash } from './tokens.ts';

const ADMINISTRATOR_EXISTS = `select 1 from app.person where role = 'administrator' limit 1`;

/** A fresh token; earlier ones stop working. Null when an administrator exists. */
export async function issueSetUpToken(sql: Sql, now: number): Promise<string | null> {
  return sql.transaction(async (tx) => {
    await tx.query('delete from app.set_up_token');
    if ((await tx.query(ADMINISTRATOR_EXISTS)).length > 0) return null;
    const token = newToken();
    await tx.query('insert into app.set_up_token (token_hash, issued_at) values ($1, $2)', [tokenHash(token), now]);
    return token;
  });
}

/** Makes the administrator and uses the token up. Null when the token is not (or no longer) good. Throws `email-taken`. */
export async function setUp(sql: Sql, fields: z.infer<typeof SetUp> & { now: number }): Promise<Person | null> {
  const hash = tokenHash(fields.token);
  const known = await sql.query('select 1 from app.set_up_token where token_hash = $1', [hash]);
  if (known.length === 0) return null;
  const passwordHash = await hashPassword(fields.password);
  return sql.transaction(async (tx) => {
    const used = await tx.query('delete from app.set_up_token where token_hash = $1 returning 1 as one', [hash]);
    if (used.length === 0 || (await tx.query(ADMINISTRATOR_EXISTS)).length > 0) return null;
    if (fields.organisation !== undefined) {
      await tx.query('update app.organisation set name = $1 where home', [fields.organisation]);
    }
    const { organisation: _, ...person } = fields;
    return insertPerson(tx, { ...person, role: 'administrator', by: 'set-up' }, passwordHash);
  });
}
