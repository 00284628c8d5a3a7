// What a mail's link carries: a token that works once and for a while. At rest only its hash is kept.
import type { Id } from '#contracts';
import type { Sql } from '#runtime';
import { newToken, tokenHash } from './tokens.ts';

export type Purpose = 'sign-up' | 'password-reset' | 'invitation';

export type TokenOf<About> = { person: Id; about: About };

export async function issueOneTimeToken(
  tx: Sql,
  fields: { purpose: Purpose; person: Id; about?: object; endsAt: number; now: number },
): Promise<string> {
  const token = newToken();
  await tx.query('delete from app.one_time_token where ends_at <= $1', [fields.now]);
  await tx.query(
    'insert into app.one_time_token (token_hash, purpose, person, about, created_at, ends_at) values ($1, $2, $3, $4, $5, $6)',
    [tokenHash(token), fields.purpose, fields.person, JSON.stringify(fields.about ?? {}), fields.now, fields.endsAt],
  );
  return token;
}

/** Looks without using it up; null when it is unknown, used or past its end. */
export async function oneTimeToken<About = object>(
  sql: Sql,
  { purpose, token, now }: { purpose: Purpose; token: string; now: number },
): Promise<TokenOf<About> | null> {
  const [row] = await sql.query<TokenOf<About>>(
    'select person, about from app.one_time_token where token_hash = $1 and purpose = $2 and ends_at > $3',
    [tokenHash(token), purpose, now],
  );
  return row ?? null;
}

/** Uses it up: of two who come with the same token one gets null. */
export async function useOneTimeToken<About = object>(
  tx: Sql,
  { purpose, token, now }: { purpose: Purpose; token: string; now: number },
): Promise<TokenOf<About> | null> {
  const [row] = await tx.query<TokenOf<About>>(
    'delete from app.one_time_token where token_hash = $1 and purpose = $2 and ends_at > $3 returning person, about',
    [tokenHash(token), purpose, now],
  );
  return row ?? null;
}

export async function dropOneTimeTokens(tx: Sql, person: Id, purpose: Purpose): Promise<void> {
  await tx.query('delete from app.one_time_token where person = $1 and purpose = $2', [person, purpose]);
}
