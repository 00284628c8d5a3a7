// API keys: for programs that act for a person, narrowed to scopes. The name is the person's own words, so it is sealed.
import { type ApiScope, type Id, newId, type Role } from '#contracts';
import { DAY, PlatformError, type Sql } from '#runtime';
import { newToken, tokenHash } from '../people/tokens.ts';
import { openSealed, seal } from '../vault/vault.ts';
import { announceAccess } from './access-changes.ts';
import { type Actor, audit } from './audit.ts';
import { scopesOf, type Viewer } from './policy.ts';

/** So that scanners of leaked secrets know one when they see it. */
const PREFIX = 'sk_stethos_';
const MOST_KEYS = 50;
const LONGEST_MS = 3_660 * DAY;

export type ApiKeyRecord = {
  id: Id;
  name: string;
  scopes: ApiScope[];
  createdAt: number;
  endsAt: number | null;
  usedAt: number | null;
};

type Fields = { person: Id; name: string; scopes: readonly ApiScope[]; endsAt?: number; now: number; by: Actor };

/** The token is returned once and kept only as a hash. Throws `wrong-scope`, `wrong-end` or `too-many-keys`. */
export async function createApiKey(sql: Sql, fields: Fields): Promise<ApiKeyRecord & { token: string }> {
  const token = `${PREFIX}${newToken()}`;
  const id = newId();
  const { person, endsAt = null } = fields;
  const scopes = [...new Set(fields.scopes)].sort();
  await sql.transaction(async (tx) => {
    const [maker] = await tx.query<Maker>('select role, organisation from app.person where id = $1 for no key update', [
      person,
    ]);
    mustBeUsable(maker!.role, scopes, endsAt, fields.now);
    const [kept] = await tx.query<{ keys: number }>('select count(*)::int as keys from app.api_key where person = $1', [
      person,
    ]);
    if (kept!.keys >= MOST_KEYS) {
      throw new PlatformError('too-many-keys', 'reject', `An account has at most ${MOST_KEYS} keys.`, {
        hint: 'Delete those that nobody uses.',
      });
    }
    await tx.query(
      `insert into app.api_key (id, person, name, scopes, token_hash, created_at, ends_at)
       values ($1, $2, $3, $4, $5, $6, $7)`,
      [id, person, await seal(tx, person, fields.name), JSON.stringify(scopes), tokenHash(token), fields.now, endsAt],
    );
    await audit(tx, {
      now: fields.now,
      by: fields.by,
      action: 'api-key.created',
      object: { kind: 'api-key', id },
      organisation: maker!.organisation,
      detail: { person, scopes },
    });
  });
  return { id, name: fields.name, scopes, createdAt: fields.now, endsAt, usedAt: null, token };
}

type Maker = { role: Role; organisation: Id | null };

function mustBeUsable(role: Role, scopes: readonly ApiScope[], endsAt: number | null, now: number): void {
  const usable = scopesOf(role);
  const wrong = scopes.filter((scope) => !usable.includes(scope));
  if (wrong.length > 0) {
    throw new PlatformError('wrong-scope', 'reject', `Your role has no use for ${wrong.join(', ')}.`, {
      hint: `Scopes for your role: ${usable.join(', ')}.`,
    });
  }
  if (endsAt !== null && (endsAt <= now || endsAt > now + LONGEST_MS)) {
    throw new PlatformError('wrong-end', 'reject', 'A key ends in the future, within ten years.');
  }
}

export async function listApiKeys(sql: Sql, person: Id): Promise<ApiKeyRecord[]> {
  const rows = await sql.query<ApiKeyRecord>(
    `select id, name, scopes, created_at as "createdAt", ends_at as "endsAt", used_at as "usedAt"
       from app.api_key where person = $1 order by id`,
    [person],
  );
  return Promise.all(rows.map(async (row) => ({ ...row, name: (await openSealed(sql, person, row.name)) ?? '' })));
}

/** Works from the next request on. False when there is no such key of this person. */
export async function deleteApiKey(
  sql: Sql,
  { viewer, key, now, by }: { viewer: Viewer; key: Id; now: number; by: Actor },
): Promise<boolean> {
  return sql.transaction(async (tx) => {
    const gone = await tx.query('delete from app.api_key where id = $1 and person = $2 returning id', [
      key,
      viewer.person,
    ]);
    if (gone.length === 0) return false;
    await announceAccess(tx, viewer.person);
    const { organisation, person } = viewer;
    await audit(tx, {
      now,
      by,
      action: 'api-key.deleted',
      object: { kind: 'api-key', id: key },
      organisation,
      detail: { person },
    });
    return true;
  });
}
