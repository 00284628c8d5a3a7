// First contact: a key that a batch of units shares lets each unit ask, once, for a credential of its own.
import { type Id, newId, type ProvisioningRefusal, type ProvisioningRequest } from '#contracts';
import { MINUTE, PlatformError, type Sql } from '#runtime';
import { announceAccess } from '../access/access-changes.ts';
import { type Actor, audit } from '../access/audit.ts';
import { organisationOfBrand } from '../organisations/organisations.ts';
import { tokenHash } from '../people/tokens.ts';
import { newSecret, secretHmac } from './appliance-secret.ts';
import { insertAppliance } from './appliances.ts';
import { importCredential } from './credentials.ts';
import { loadModels } from './models.ts';

/** `serials` null: any serial that is not taken. `most` credentials at all, `perMinute` requests a minute. Times are epoch ms. */
export type ProvisioningKey = {
  id: Id;
  organisation: Id;
  model: string;
  batch: string | null;
  serials: string[] | null;
  most: number;
  made: number;
  perMinute: number;
  createdAt: number;
  endsAt: number;
};

/** What the unit hears. `again`: it had not used the secret it was given before, and has proved to be the same unit. */
export type FirstContact =
  | { appliance: Id; secret: string }
  | { refused: ProvisioningRefusal; retryAfterMs: number | null };

const COLUMNS = `id, organisation, model, batch, serials, most, made, per_minute as "perMinute",
  created_at as "createdAt", ends_at as "endsAt"`;

/** The brand that looks after appliances of this model. Throws `unknown-model`. */
export async function organisationOfModel(sql: Sql, id: string): Promise<Id> {
  const model = loadModels().get(id);
  if (model) return organisationOfBrand(sql, model.brand);
  throw new PlatformError('unknown-model', 'reject', `There is no model "${id}".`);
}

/** The key's secret is returned once. */
export async function createProvisioningKey(
  sql: Sql,
  fields: Omit<ProvisioningKey, 'id' | 'made' | 'createdAt'> & { by: Actor; now: number; pepper: string },
): Promise<{ id: Id; secret: string }> {
  const id = newId();
  const secret = newSecret();
  await sql.transaction(async (tx) => {
    await tx.query(
      `insert into app.provisioning_key
         (id, organisation, model, batch, serials, most, per_minute, secret_hmac, created_at, ends_at)
       values ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10)`,
      [
        id,
        fields.organisation,
        fields.model,
        fields.batch,
        fields.serials === null ? null : JSON.stringify(fields.serials),
        fields.most,
        fields.perMinute,
        secretHmac(id, secret, fields.pepper),
        fields.now,
        fields.endsAt,
      ],
    );
    await audit(tx, {
      now: fields.now,
      by: fields.by,
      action: 'provisioning-key.created',
      object: { kind: 'provisioning-key', id },
      organisation: fields.organisation,
      detail: { model: fields.model, most: fields.most, endsAt: fields.endsAt },
    });
  });
  return { id, secret };
}

export async function provisioningKeyById(sql: Sql, id: Id): Promise<ProvisioningKey | null> {
  const [row] = await sql.query<ProvisioningKey>(`select ${COLUMNS} from app.provisioning_key where id = $1`, [id]);
  return row ?? null;
}

/** Those that are over too; without their secrets. */
export async function listProvisioningKeys(
  sql: Sql,
  organisation: Id,
  { cursor, limit }: { cursor: Id | null; limit: number },
): Promise<{ items: ProvisioningKey[]; next: Id | null }> {
  const rows = await sql.query<ProvisioningKey>(
    `select ${COLUMNS} from app.provisioning_key where organisation = $1 and ($2::uuid is null or id > $2::uuid)
      order by id limit $3`,
    [organisation, cursor, limit + 1],
  );
  const items = rows.slice(0, limit);
  return { items, next: rows.length > limit ? items.at(-1)!.id : null };
}

/** Nobody gets a credential by it any more, and whoever is connected with it is cut. False when it was over already. */
export async function revokeProvisioningKey(
  sql: Sql,
  { key, by, now }: { key: Id; by: Actor; now: number },
): Promise<boolean> {
  return sql.transaction(async (tx) => {
    const [row] = await tx.query<{ organisation: Id }>(
      'update app.provisioning_key set ends_at = $2 where id = $1 and ends_at > $2 returning organisation',
      [key, now],
    );
    if (!row) return false;
    await announceAccess(tx, key);
    await audit(tx, {
      now,
      by,
      action: 'provisioning-key.revoked',
      object: { kind: 'provisioning-key', id: key },
      organisation: row.organisation,
    });
    return true;
  });
}

/** Staff let a unit that has lost its credential ask for one again. The one it has stays good until then. */
export async function openFirstContact(
  sql: Sql,
  { appliance, by, now }: { appliance: Id; by: Actor; now: number },
): Promise<void> {
  await sql.transaction(async (tx) => {
    const [row] = await tx.query<{ organisation: Id }>('select organisation from app.appliance where id = $1', [
      appliance,
    ]);
    if (!row) throw new PlatformError('not-found', 'reject', 'There is no such thing here.');
    await tx.query(
      `insert into app.first_contact (appliance, open) values ($1, true)
       on conflict (appliance) do update set open = true, provisioning_key = null, nonce_hash = null`,
      [appliance],
    );
    await audit(tx, {
      now,
      by,
      action: 'appliance.first-contact-opened',
      object: { kind: 'appliance', id: appliance },
      organisation: row.organisation,
    });
  });
}

type Asked = { request: ProvisioningRequest; now: number; pepper: string };
type KeyRow = ProvisioningKey & { window_at: number; window_count: number };

const refuse = (refused: ProvisioningRefusal, retryAfterMs: number | null = null): FirstContact => ({
  refused,
  retryAfterMs,
});

/** What a unit asks for with a key. Requests with one key wait for each other. A refusal counts against the key's rate. */
export async function firstContact(sql: Sql, { key: id, ...asked }: Asked & { key: Id }): Promise<FirstContact> {
  return sql.transaction(async (tx) => {
    const [key] = await tx.query<KeyRow>(
      `select ${COLUMNS}, window_at, window_count from app.provisioning_key where id = $1 for update`,
      [id],
    );
    if (!key || key.endsAt <= asked.now) return refuse('key-over');
    const waitMs = await count(tx, key, asked.now);
    if (waitMs > 0) return refuse('rate-limited', waitMs);
    return answer(tx, key, asked);
  });
}

/** Counts a request; above zero: how long to wait, because there were too many in this minute. */
async function count(tx: Sql, key: KeyRow, now: number): Promise<number> {
  const fresh = now - key.window_at >= MINUTE || now < key.window_at;
  if (!fresh && key.window_count >= key.perMinute) return key.window_at + MINUTE - now;
  await tx.query('update app.provisioning_key set window_at = $2, window_count = $3 where id = $1', [
    key.id,
    fresh ? now : key.window_at,
    fresh ? 1 : key.window_count + 1,
  ]);
  return 0;
}

type Unit = { id: Id; organisation: Id; open: boolean; lastKey: Id | null; nonceHash: string | null; used: boolean };

async function unitOf(tx: Sql, model: string, serial: string): Promise<Unit | null> {
  const [unit] = await tx.query<Unit>(
    `select a.id, a.organisation, coalesce(f.open, true) as open, f.provisioning_key as "lastKey",
            f.nonce_hash as "nonceHash",
            exists (select 1 from app.credential c where c.holder = a.id and c.used_at is not null) as used
       from app.appliance a left join app.first_contact f on f.appliance = a.id
      where a.model = $1 and a.serial = $2 for update of a`,
    [model, serial],
  );
  return unit ?? null;
}

async function answer(tx: Sql, key: KeyRow, { request, now, pepper }: Asked): Promise<FirstContact> {
  if (request.model !== undefined && request.model !== key.model) return refuse('wrong-model');
  if (key.serials && !key.serials.includes(request.serial)) return refuse('unknown-serial');
  const unit = await unitOf(tx, key.model, request.serial);
  if (unit && unit.organisation !== key.organisation) return refuse('unknown-serial');
  const nonceHash = tokenHash(request.nonce);
  // The answer may be lost on its way: who knows the nonce of an unused secret is the unit that asked for it.
  const again = unit !== null && unit.lastKey === key.id && unit.nonceHash === nonceHash && !unit.used;
  if (unit && !unit.open && !again) return refuse('already-provisioned');
  if (!again && key.made >= key.most) return refuse('key-exhausted');
  const appliance = unit?.id ?? (await newUnit(tx, key, request.serial, now));
  if (!again) await tx.query('update app.provisioning_key set made = made + 1 where id = $1', [key.id]);
  const secret = newSecret();
  await tx.query('delete from app.credential where holder = $1', [appliance]);
  await importCredential(tx, { appliance, secret, pepper, now });
  await tx.query('update app.first_contact set provisioning_key = $2, nonce_hash = $3 where appliance = $1', [
    appliance,
    key.id,
    nonceHash,
  ]);
  await announceAccess(tx, appliance);
  await audit(tx, {
    now,
    by: 'platform',
    action: 'appliance.provisioned',
    object: { kind: 'appliance', id: appliance },
    organisation: key.organisation,
    detail: { provisioningKey: key.id },
  });
  return { appliance, secret };
}

function newUnit(tx: Sql, key: KeyRow, serial: string, now: number): Promise<Id> {
  return insertAppliance(tx, {
    model: key.model,
    name: loadModels().get(key.model)!.name.en,
    serial,
    ...(key.batch === null ? {} : { batch: key.batch }),
    now,
  });
}
