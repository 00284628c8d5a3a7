// Who speaks at the broker: asked when a connection begins, and again whenever something about it changed.

import { timingSafeEqual } from 'node:crypto';
import { Id } from '#contracts';
import { DAY, type Sql } from '#runtime';
import { secretHmac } from './appliance-secret.ts';
import { behindGateway } from './gateways.ts';

/** `credential` is what it came with: when that is over, so is the connection. */
export type Principal =
  | { kind: 'appliance'; id: Id; credential: Id; model: string }
  | { kind: 'gateway'; id: Id; credential: Id /** Models by appliance. */; behind: ReadonlyMap<Id, string> }
  | { kind: 'provisioning'; id: Id; credential: Id };

/** What somebody shows: the secret, or the SHA-256 fingerprint (64 hex digits) of the certificate he holds the key of. */
export type Offer =
  | { kind: 'secret'; id: string; secret: string }
  | { kind: 'certificate'; id: string; fingerprint: string }
  | { kind: 'provisioning'; id: string; secret: string };

type CredentialRow = { credential: Id; proof: string };

/** Null for an unknown id, a wrong secret and one that is over alike. */
export async function authenticatePrincipal(
  sql: Sql,
  offer: Offer,
  { pepper, now }: { pepper: string; now: number },
): Promise<Principal | null> {
  if (!Id.safeParse(offer.id).success) return null;
  const id = offer.id.toLowerCase();
  const proof = offer.kind === 'certificate' ? offer.fingerprint : secretHmac(id, offer.secret, pepper);
  if (offer.kind === 'provisioning') return provisioningPrincipal(sql, { id, proof, now });
  const rows = await sql.query<CredentialRow & HolderRow>(
    `select c.id as credential, c.proof, ${HOLDER} where c.holder = $1 and c.kind = $2
        and (c.ends_at is null or c.ends_at > $3)`,
    [id, offer.kind, now],
  );
  const row = rows.find((one) => same(one.proof, proof));
  if (!row) return null;
  if (row.used_at === null) await noteUse(sql, [row.credential], now);
  return principalOf(sql, id, row.credential, row);
}

const same = (a: string, b: string): boolean =>
  a.length === b.length && timingSafeEqual(Buffer.from(a), Buffer.from(b));

type HolderRow = { model: string | null; is_gateway: boolean; used_at: number | null };

const HOLDER = `a.model, g.id is not null as is_gateway, c.used_at from app.credential c
  left join app.appliance a on a.id = c.holder left join app.gateway g on g.id = c.holder`;

async function principalOf(sql: Sql, id: Id, credential: Id, holder: HolderRow): Promise<Principal | null> {
  if (holder.model !== null) return { kind: 'appliance', id, credential, model: holder.model };
  return holder.is_gateway ? { kind: 'gateway', id, credential, behind: await behindGateway(sql, id) } : null;
}

async function provisioningPrincipal(
  sql: Sql,
  { id, proof, now }: { id: Id; proof: string; now: number },
): Promise<Principal | null> {
  const [row] = await sql.query<{ secret_hmac: string }>(
    'select secret_hmac from app.provisioning_key where id = $1 and ends_at > $2',
    [id, now],
  );
  return row && same(row.secret_hmac, proof) ? { kind: 'provisioning', id, credential: id } : null;
}

/** The same principal as it is now; null when its credential is over. */
export async function principalAgain(sql: Sql, before: Principal, now: number): Promise<Principal | null> {
  if (before.kind === 'provisioning') {
    return (await credentialsOver(sql, [before.credential], now)).length > 0 ? null : before;
  }
  const [row] = await sql.query<HolderRow>(
    `select ${HOLDER} where c.id = $1 and c.holder = $2 and (c.ends_at is null or c.ends_at > $3)`,
    [before.credential, before.id, now],
  );
  return row ? principalOf(sql, before.id, before.credential, row) : null;
}

/** Of these credentials and provisioning keys, those that are not good any more. Notes that the others are in use. */
export async function credentialsOver(sql: Sql, credentials: readonly Id[], now: number): Promise<Id[]> {
  if (credentials.length === 0) return [];
  await noteUse(sql, credentials, now);
  const rows = await sql.query<{ id: Id }>(
    `select asked.id from unnest($1::uuid[]) as asked (id)
      where not exists (select 1 from app.credential c where c.id = asked.id and (c.ends_at is null or c.ends_at > $2))
        and not exists (select 1 from app.provisioning_key k where k.id = asked.id and k.ends_at > $2)`,
    [credentials, now],
  );
  return rows.map(({ id }) => id);
}

/** To the day: so that being connected does not mean writing. */
async function noteUse(sql: Sql, credentials: readonly Id[], now: number): Promise<void> {
  await sql.query(
    'update app.credential set used_at = $2 where id = any($1::uuid[]) and (used_at is null or used_at <= $3)',
    [credentials, now, now - DAY],
  );
}
