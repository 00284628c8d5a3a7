// Appliances: what exists, of which model, in which household.
import { type Household, type Id, type Model, newId } from '#contracts';
import { announce, PlatformError, type Sql } from '#runtime';
import { type Actor, audit } from '../access/audit.ts';
import { organisationOfBrand } from '../organisations/organisations.ts';
import { seal, unseal } from '../vault/vault.ts';
import { newSecret } from './appliance-secret.ts';
import { importCredential } from './credentials.ts';
import { loadModels } from './models.ts';

/** `model` is the model's id. `organisation` is the brand that looks after it. */
export type ApplianceRecord = {
  id: Id;
  model: string;
  name: string;
  serial: string | null;
  batch: string | null;
  firmware: string | null;
  organisation: Id;
  household: Household | null;
  /** Since when it is in these hands: what it said before is not this household's to see. Null: it never changed hands. */
  ownedSince: number | null;
  createdAt: number;
};

/**
 * Which appliances a list may show. A technician's and a partner's are named one by one: only field service knows where
 * they have work.
 */
export type ApplianceScope =
  | { households: readonly Id[] }
  | { appliances: readonly Id[] }
  | { organisation: Id; appliances: readonly Id[] };

type Row = {
  id: Id;
  model: string;
  name_key: Id;
  name_sealed: string | null;
  key: Uint8Array | null;
  serial: string | null;
  batch: string | null;
  firmware: string | null;
  organisation: Id;
  created_at: number;
  owned_since: number | null;
  household: Id | null;
  household_key: Uint8Array | null;
  household_name: string | null;
  household_address: string | null;
  household_region: string | null;
};

const SELECT = `select a.id, a.model, a.name_key, a.name_sealed, k.key, a.serial, a.batch, a.firmware, a.organisation,
    a.created_at, a.owned_since, h.id as household, hk.key as household_key, h.name_sealed as household_name,
    s.address_sealed as household_address, s.region as household_region
  from app.appliance a left join keys.subject_key k on k.subject = a.name_key
  left join app.household h on h.id = a.household left join keys.subject_key hk on hk.subject = h.id
  left join app.site s on s.id = a.site`;

const toRecord = (row: Row): ApplianceRecord => ({
  id: row.id,
  model: row.model,
  name: unseal(row.name_key, row.key, row.name_sealed) ?? modelName(row.model),
  serial: row.serial,
  batch: row.batch,
  firmware: row.firmware,
  organisation: row.organisation,
  household: row.household === null ? null : homeOf(row, row.household),
  ownedSince: row.owned_since,
  createdAt: row.created_at,
});

const homeOf = (row: Row, id: Id): Household => ({
  id,
  name: unseal(id, row.household_key, row.household_name) ?? '',
  address: unseal(id, row.household_key, row.household_address) ?? '',
  region: row.household_region ?? '',
});

const modelName = (id: string): string => loadModels().get(id)?.name.en ?? id;

/** What a household may know it by: its name while it stands there, afterwards the model's. */
export const nameFor = (record: Pick<ApplianceRecord, 'name' | 'model' | 'household'>, household: Id | null): string =>
  (record.household?.id ?? null) === household ? record.name : modelName(record.model);

export type NewApplianceFields = {
  model: string;
  name: string;
  serial?: string;
  batch?: string;
  firmware?: string;
  household?: Id;
  now: number;
  by?: Actor;
};

/** The secret is returned once and kept only as an HMAC. Throws `unknown-model`, `unknown-household` or `serial-taken`. */
export async function createAppliance(
  sql: Sql,
  fields: NewApplianceFields & { pepper: string },
): Promise<{ id: Id; secret: string }> {
  const secret = newSecret();
  const id = await sql.transaction(async (tx) => {
    const made = await insertAppliance(tx, fields);
    await importCredential(tx, { appliance: made, secret, pepper: fields.pepper, now: fields.now });
    return made;
  });
  return { id, secret };
}

/** An appliance without a credential. Throws `unknown-model`, `unknown-household` or `serial-taken`. */
export async function insertAppliance(tx: Sql, fields: NewApplianceFields): Promise<Id> {
  const model = knownModel(fields.model);
  const site = fields.household === undefined ? null : await mainSite(tx, fields.household);
  const id = newId();
  const nameKey = fields.household ?? id;
  const organisation = await organisationOfBrand(tx, model.brand);
  const inserted = await tx.query(
    `insert into app.appliance (id, model, name_key, name_sealed, serial, batch, firmware, organisation, household, site,
       created_at)
     values ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11)
     on conflict (model, serial) where serial is not null do nothing returning id`,
    [
      id,
      fields.model,
      nameKey,
      await seal(tx, nameKey, fields.name),
      fields.serial ?? null,
      fields.batch ?? null,
      fields.firmware ?? null,
      organisation,
      fields.household ?? null,
      site,
      fields.now,
    ],
  );
  if (inserted.length === 0) {
    throw new PlatformError(
      'serial-taken',
      'reject',
      `An appliance of this model with serial "${fields.serial}" exists.`,
      {
        hint: 'Check the serial; an appliance that exists is claimed with the code on its label.',
      },
    );
  }
  await audit(tx, {
    now: fields.now,
    by: fields.by ?? 'platform',
    action: 'appliance.created',
    object: { kind: 'appliance', id },
    organisation,
    detail: { model: fields.model, household: fields.household ?? null },
  });
  await announce(tx, { what: 'appliance', id });
  return id;
}

export function knownModel(id: string): Model {
  const model = loadModels().get(id);
  if (model) return model;
  throw new PlatformError('unknown-model', 'reject', `There is no model "${id}".`, {
    hint: `Known models: ${[...loadModels().keys()].join(', ')}.`,
  });
}

export async function mainSite(tx: Sql, household: Id): Promise<Id> {
  const [site] = await tx.query<{ id: Id }>('select id from app.site where household = $1 order by id limit 1', [
    household,
  ]);
  if (!site) throw new PlatformError('unknown-household', 'reject', 'There is no such household.');
  return site.id;
}

export async function applianceById(sql: Sql, id: Id): Promise<ApplianceRecord | null> {
  return (await appliancesByIds(sql, [id])).get(id) ?? null;
}

/** Those that exist, by id. */
export async function appliancesByIds(sql: Sql, ids: readonly Id[]): Promise<Map<Id, ApplianceRecord>> {
  if (ids.length === 0) return new Map();
  const rows = await sql.query<Row>(`${SELECT} where a.id = any($1::uuid[])`, [ids]);
  return new Map(rows.map((row) => [row.id, toRecord(row)]));
}

/** Oldest first. `next` is the cursor of the next page, null at the end. */
export async function listAppliances(
  sql: Sql,
  scope: ApplianceScope,
  {
    cursor,
    limit,
    model,
    household,
  }: { cursor: Id | null; limit: number; model?: string | undefined; household?: Id | undefined },
): Promise<{ items: ApplianceRecord[]; next: Id | null }> {
  const rows = await sql.query<Row>(
    `${SELECT}
      where (a.organisation = $1::uuid or a.household = any($2::uuid[]) or a.id = any($3::uuid[]))
        and ($4::uuid is null or a.id > $4::uuid)
        and ($6::text is null or a.model = $6::text) and ($7::uuid is null or a.household = $7::uuid)
      order by a.id limit $5`,
    [
      'organisation' in scope ? scope.organisation : null,
      'households' in scope ? scope.households : [],
      'appliances' in scope ? scope.appliances : [],
      cursor,
      limit + 1,
      model ?? null,
      household ?? null,
    ],
  );
  const items = rows.slice(0, limit).map(toRecord);
  return { items, next: rows.length > limit ? items.at(-1)!.id : null };
}

/** All appliances that an organisation looks after, for counts over its fleet. */
export async function fleetOf(sql: Sql, organisation: Id): Promise<Id[]> {
  const rows = await sql.query<{ id: Id }>('select id from app.appliance where organisation = $1', [organisation]);
  return rows.map((row) => row.id);
}

export type FleetUnit = { id: Id; model: string; household: Id | null };

/** Those of its fleet that are named and of that model; null: all. */
export async function fleetUnits(
  sql: Sql,
  organisation: Id,
  { ids, model }: { ids: readonly Id[] | null; model: string | null },
): Promise<FleetUnit[]> {
  return sql.query<FleetUnit>(
    `select id, model, household from app.appliance
      where organisation = $1 and ($2::uuid[] is null or id = any($2::uuid[])) and ($3::text is null or model = $3)
      order by id`,
    [organisation, ids, model],
  );
}

/** Until the transaction ends it stays in the hands that it is in. */
export async function holdAppliance(tx: Sql, id: Id): Promise<void> {
  await tx.query('select 1 from app.appliance where id = $1 for share', [id]);
}

/** The households these appliances stand in. */
export async function householdsOf(sql: Sql, ids: readonly Id[]): Promise<Map<Id, Id | null>> {
  const rows = await sql.query<{ id: Id; household: Id | null }>(
    'select id, household from app.appliance where id = any($1::uuid[])',
    [ids],
  );
  return new Map(rows.map((row) => [row.id, row.household]));
}

/** The household an appliance stands in; null when it has none or does not exist. */
export async function householdOf(sql: Sql, appliance: Id): Promise<Household | null> {
  return (await applianceById(sql, appliance))?.household ?? null;
}
