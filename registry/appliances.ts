// Appliances: what exists, of which model, in which household.
import { type Household, type Id, newId } from '#contracts';
import { announce, PlatformError, type Sql } from '#runtime';
import { newSecret, secretHmac } from './appliance-secret.ts';
import { loadModels } from './models.ts';

/** `model` is the model's id. */
export type ApplianceRecord = {
  id: Id;
  model: string;
  name: string;
  serial: string | null;
  household: Household | null;
  createdAt: number;
};

/** Which appliances a list may show. A technician's are named one by one: only field service knows where he has work. */
export type ApplianceScope = { all: true } | { households: readonly Id[] } | { appliances: readonly Id[] };

type Row = {
  id: Id;
  model: string;
  name: string;
  serial: string | null;
  created_at: number;
  household: Id | null;
  household_name: string;
  household_address: string;
  household_region: string;
};

const SELECT = `select a.id, a.model, a.name, a.serial, a.created_at, h.id as household, h.name as household_name,
                       h.address as household_address, h.region as household_region
                  from app.appliance a left join app.household h on h.id = a.household`;

const toRecord = (row: Row): ApplianceRecord => ({
  id: row.id,
  model: row.model,
  name: row.name,
  serial: row.serial,
  createdAt: row.created_at,
  household:
    row.household === null
      ? null
      : { id: row.household, name: row.household_name, address: row.household_address, region: row.household_region },
});

/** The secret is returned once and kept only as an HMAC. Throws `unknown-model` or `unknown-household`. */
export async function createAppliance(
  sql: Sql,
  fields: { model: string; name: string; serial?: string; household?: Id; now: number; pepper: string },
): Promise<{ id: Id; secret: string }> {
  if (!loadModels().has(fields.model)) {
    throw new PlatformError('unknown-model', 'reject', `There is no model "${fields.model}".`, {
      hint: `Known models: ${[...loadModels().keys()].join(', ')}.`,
    });
  }
  const id = newId();
  const secret = newSecret();
  await sql.transaction(async (tx) => {
    await insertAppliance(tx, id, fields);
    await tx.query('insert into app.appliance_secret (appliance, secret_hmac, created_at) values ($1, $2, $3)', [
      id,
      secretHmac(id, secret, fields.pepper),
      fields.now,
    ]);
    await announce(tx, { what: 'appliance', id });
  });
  return { id, secret };
}

async function insertAppliance(
  tx: Sql,
  id: Id,
  fields: { model: string; name: string; serial?: string; household?: Id; now: number },
): Promise<void> {
  const inserted = await tx.query(
    `insert into app.appliance (id, model, name, serial, household, created_at)
     select $1::uuid, $2, $3, $4, $5::uuid, $6::bigint
      where $5::uuid is null or exists (select 1 from app.household where id = $5::uuid) returning id`,
    [id, fields.model, fields.name, fields.serial ?? null, fields.household ?? null, fields.now],
  );
  if (inserted.length === 0) throw new PlatformError('unknown-household', 'reject', 'There is no such household.');
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
  { cursor, limit }: { cursor: Id | null; limit: number },
): Promise<{ items: ApplianceRecord[]; next: Id | null }> {
  const rows = await sql.query<Row>(
    `${SELECT}
      where ($1::boolean or a.household = any($2::uuid[]) or a.id = any($3::uuid[]))
        and ($4::uuid is null or a.id > $4::uuid)
      order by a.id limit $5`,
    [
      'all' in scope,
      'households' in scope ? scope.households : [],
      'appliances' in scope ? scope.appliances : [],
      cursor,
      limit + 1,
    ],
  );
  const items = rows.slice(0, limit).map(toRecord);
  return { items, next: rows.length > limit ? items.at(-1)!.id : null };
}

export async function countAppliances(sql: Sql): Promise<number> {
  const [row] = await sql.query<{ count: number }>('select count(*)::int as count from app.appliance');
  return row!.count;
}

/** The household an appliance stands in; null when it has none or does not exist. */
export async function householdOf(sql: Sql, appliance: Id): Promise<Household | null> {
  return (await applianceById(sql, appliance))?.household ?? null;
}
