// Credentials of appliances and gateways: a secret or a certificate each, replaced with an overlap, revoked at once.
import { type Id, newId } from '#contracts';
import { DAY, PlatformError, type Sql } from '#runtime';
import { announceAccess } from '../access/access-changes.ts';
import { type Actor, audit } from '../access/audit.ts';
import { newSecret, secretHmac } from './appliance-secret.ts';

/** So long the credential in use stays good beside its successor. */
export const OVERLAP_MS = DAY;
const SHORTEST_SECRET = 16;
const LONGEST_SECRET = 200;

export type HolderKind = 'appliance' | 'gateway';
/** Whose credentials they are. */
export type Holder = { kind: HolderKind; id: Id };

/** Times are epoch ms. `usedAt` is known to the day, `endsAt` null means no end. */
export type Credential = {
  id: Id;
  kind: 'secret' | 'certificate';
  createdAt: number;
  usedAt: number | null;
  endsAt: number | null;
};

/** What a factory gave a unit: its secret, or the SHA-256 fingerprint of its certificate. */
export type Given = { secret: string } | { fingerprint: string };

type Row = { id: Id; kind: Credential['kind']; created_at: number; used_at: number | null; ends_at: number | null };

const toCredential = (row: Row): Credential => ({
  id: row.id,
  kind: row.kind,
  createdAt: row.created_at,
  usedAt: row.used_at,
  endsAt: row.ends_at,
});

/** Registers what the unit was given, beside what it has. Throws `weak-secret`, `bad-fingerprint` or `certificate-taken`. */
export async function importCredential(
  tx: Sql,
  { appliance, pepper, now, ...given }: { appliance: Id; pepper: string; now: number } & Given,
): Promise<Id> {
  const id = await insert(tx, { holder: appliance, given, pepper, now });
  await closeFirstContact(tx, appliance);
  return id;
}

async function insert(
  tx: Sql,
  { holder, given, pepper, now }: { holder: Id; given: Given; pepper: string; now: number },
): Promise<Id> {
  const { kind, proof } = provedBy(holder, given, pepper);
  const id = newId();
  const made = await tx.query(
    `insert into app.credential (id, holder, kind, proof, created_at) values ($1, $2, $3, $4, $5)
     on conflict (proof) where kind = 'certificate' do nothing returning id`,
    [id, holder, kind, proof, now],
  );
  if (made.length > 0) return id;
  throw certificateTaken();
}

const certificateTaken = (): PlatformError =>
  new PlatformError('certificate-taken', 'reject', 'This certificate is registered already.', {
    hint: 'Every unit needs a certificate of its own.',
  });

const provedBy = (holder: Id, given: Given, pepper: string): { kind: Credential['kind']; proof: string } =>
  'secret' in given
    ? { kind: 'secret', proof: secretHmac(holder, strongSecret(given.secret), pepper) }
    : { kind: 'certificate', proof: fingerprintOf(given.fingerprint) };

/** The same for many new units together. */
export async function importCredentials(
  tx: Sql,
  units: readonly { appliance: Id; given: Given }[],
  { pepper, now }: { pepper: string; now: number },
): Promise<void> {
  const rows = units.map(({ appliance, given }) => ({
    id: newId(),
    holder: appliance,
    ...provedBy(appliance, given, pepper),
  }));
  const made = await tx.query(
    `insert into app.credential (id, holder, kind, proof, created_at)
     select c.id, c.holder, c.kind, c.proof, $2::bigint
       from jsonb_to_recordset($1::jsonb) as c (id uuid, holder uuid, kind text, proof text)
     on conflict (proof) where kind = 'certificate' do nothing returning id`,
    [JSON.stringify(rows), now],
  );
  if (made.length < rows.length) throw certificateTaken();
  await tx.query(
    `insert into app.first_contact (appliance, open) select unnest($1::uuid[]), false
     on conflict (appliance) do update set open = false, provisioning_key = null, nonce_hash = null`,
    [units.map(({ appliance }) => appliance)],
  );
}

function strongSecret(secret: string): string {
  if (secret.length >= SHORTEST_SECRET && secret.length <= LONGEST_SECRET) return secret;
  throw new PlatformError('weak-secret', 'reject', 'The secret of a unit has 16 to 200 characters.', {
    hint: 'Make it at random, 128 bits or more, for each unit anew.',
  });
}

/** SHA-256 of the certificate (DER) as 64 hex digits; colons and capitals, as openssl prints it, are fine. */
export function fingerprintOf(text: string): string {
  const hex = text.replaceAll(':', '').toLowerCase();
  if (/^[0-9a-f]{64}$/.test(hex)) return hex;
  throw new PlatformError('bad-fingerprint', 'reject', 'This is not the SHA-256 fingerprint of a certificate.', {
    hint: 'openssl x509 -in unit.pem -noout -fingerprint -sha256',
  });
}

/** The unit has had a credential: from now on first contact is refused unless staff open it again. */
export async function closeFirstContact(tx: Sql, appliance: Id): Promise<void> {
  await tx.query(
    `insert into app.first_contact (appliance, open) values ($1, false)
     on conflict (appliance) do update set open = false, provisioning_key = null, nonce_hash = null`,
    [appliance],
  );
}

type Change = { holder: Holder; by: Actor; now: number };

/**
 * A new credential: a secret, returned once, or the certificate with this fingerprint. The one in use stays good for
 * `OVERLAP_MS`; others, which nobody used, end now: two at most are good at a time.
 */
export async function issueCredential(
  sql: Sql,
  { holder, by, now, pepper, fingerprint }: Change & { pepper: string; fingerprint?: string },
): Promise<{ id: Id; secret: string | null; overlapEndsAt: number | null }> {
  const secret = fingerprint === undefined ? newSecret() : null;
  return sql.transaction(async (tx) => {
    const organisation = await lockHolder(tx, holder);
    const kept = await keepOneInUse(tx, holder, now);
    const given: Given = secret === null ? { fingerprint: fingerprint! } : { secret };
    const id = await insert(tx, { holder: holder.id, given, pepper, now });
    if (holder.kind === 'appliance') await closeFirstContact(tx, holder.id);
    await announceAccess(tx, holder.id);
    await audit(tx, {
      now,
      by,
      action: 'credential.issued',
      object: holder,
      organisation,
      detail: { credential: id, kind: secret === null ? 'certificate' : 'secret' },
    });
    return { id, secret, overlapEndsAt: kept };
  });
}

/** Changes of one holder's credentials wait for each other. Returns its organisation. */
async function lockHolder(tx: Sql, { kind, id }: Holder): Promise<Id> {
  const [row] = await tx.query<{ organisation: Id }>(
    `select organisation from ${kind === 'appliance' ? 'app.appliance' : 'app.gateway'} where id = $1 for update`,
    [id],
  );
  if (row) return row.organisation;
  throw new PlatformError('not-found', 'reject', 'There is no such thing here.');
}

/** Returns when the one that stays ends; null when there is none. */
async function keepOneInUse(tx: Sql, { id }: Holder, now: number): Promise<number | null> {
  const live = await tx.query<Row>(
    `select id, ends_at from app.credential where holder = $1 and (ends_at is null or ends_at > $2)
      order by used_at desc nulls last, created_at desc, id desc`,
    [id, now],
  );
  const [inUse] = live;
  const endsAt = inUse ? Math.min(inUse.ends_at ?? now + OVERLAP_MS, now + OVERLAP_MS) : null;
  await tx.query('delete from app.credential where holder = $1 and id is distinct from $2::uuid', [
    id,
    inUse?.id ?? null,
  ]);
  if (inUse) await tx.query('update app.credential set ends_at = $2 where id = $1', [inUse.id, endsAt]);
  return endsAt;
}

/** Those that are good now, oldest first, without what they prove. */
export async function listCredentials(sql: Sql, holder: Id, now: number): Promise<Credential[]> {
  const rows = await sql.query<Row>(
    `select id, kind, created_at, used_at, ends_at from app.credential
      where holder = $1 and (ends_at is null or ends_at > $2) order by created_at, id`,
    [holder, now],
  );
  return rows.map(toCredential);
}

/** Ends one credential and every connection that came with it. False when the holder has no such credential. */
export async function revokeCredential(
  sql: Sql,
  { holder, credential, by, now }: Change & { credential: Id },
): Promise<boolean> {
  return sql.transaction(async (tx) => {
    const organisation = await lockHolder(tx, holder);
    const gone = await tx.query('delete from app.credential where holder = $1 and id = $2 returning id', [
      holder.id,
      credential,
    ]);
    if (gone.length === 0) return false;
    await announceAccess(tx, holder.id);
    await audit(tx, {
      now,
      by,
      action: 'credential.revoked',
      object: holder,
      organisation,
      detail: { credential },
    });
    return true;
  });
}

/** For a unit that was stolen or copied: no credential of it is good any more. Returns how many were. */
export async function revokeAll(sql: Sql, { holder, by, now }: Change): Promise<number> {
  return sql.transaction(async (tx) => {
    const organisation = await lockHolder(tx, holder);
    const gone = await tx.query('delete from app.credential where holder = $1 returning id', [holder.id]);
    if (holder.kind === 'appliance') await closeFirstContact(tx, holder.id);
    await announceAccess(tx, holder.id);
    await audit(tx, {
      now,
      by,
      action: `${holder.kind}.revoked`,
      object: holder,
      organisation,
      detail: { credentials: gone.length },
    });
    return gone.length;
  });
}
