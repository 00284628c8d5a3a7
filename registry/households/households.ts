// Households: people and their places. `region` is a short code that technicians share; name and addresses are sealed.
import type { z } from 'zod';
import { type Household, type Id, type NewHousehold, newId } from '#contracts';
import type { Sql } from '#runtime';
import { type Actor, audit } from '../access/audit.ts';
import { regionFor } from '../organisations/regions.ts';
import { joinHousehold } from '../people/people.ts';
import { seal, unseal } from '../vault/vault.ts';

/** Whose households a list may show: some by name, those with an appliance that an organisation looks after, or all for the command line. */
export type HouseholdScope = { households: readonly Id[] } | { organisation: Id } | { all: true };

type Row = {
  id: Id;
  key: Uint8Array | null;
  name_sealed: string | null;
  address_sealed: string | null;
  region: string;
};

const SELECT = `select h.id, k.key, h.name_sealed, s.address_sealed, s.region
  from app.household h join keys.subject_key k on k.subject = h.id
  join lateral (select address_sealed, region from app.site where household = h.id order by id limit 1) s on true`;

const toHousehold = (row: Row): Household => ({
  id: row.id,
  name: unseal(row.id, row.key, row.name_sealed) ?? '',
  address: unseal(row.id, row.key, row.address_sealed) ?? '',
  region: row.region,
});

/** With its first site. `organisation`: whose staff made it, and so may see it before an appliance stands there. */
export async function createHousehold(
  sql: Sql,
  fields: z.input<typeof NewHousehold> & { now: number; by?: Actor; organisation?: Id; owner?: Id },
): Promise<Household> {
  const id = newId();
  return sql.transaction(async (tx) => {
    await tx.query('insert into app.household (id, name_sealed, organisation, created_at) values ($1, $2, $3, $4)', [
      id,
      await seal(tx, id, fields.name),
      fields.organisation ?? null,
      fields.now,
    ]);
    await tx.query(
      'insert into app.site (id, household, address_sealed, region, created_at) values ($1, $2, $3, $4, $5)',
      [
        newId(),
        id,
        await seal(tx, id, fields.address ?? ''),
        await regionFor(tx, fields.organisation ?? null, fields),
        fields.now,
      ],
    );
    if (fields.owner !== undefined) await joinHousehold(tx, { person: fields.owner, household: id, as: 'owner' });
    await audit(tx, {
      now: fields.now,
      by: fields.by ?? 'platform',
      action: 'household.created',
      object: { kind: 'household', id },
      organisation: fields.organisation ?? null,
    });
    return (await householdById(tx, id))!;
  });
}

export async function householdById(sql: Sql, id: Id): Promise<Household | null> {
  const [row] = await sql.query<Row>(`${SELECT} where h.id = $1`, [id]);
  return row ? toHousehold(row) : null;
}

export async function listHouseholds(
  sql: Sql,
  scope: HouseholdScope,
  { cursor, limit }: { cursor: Id | null; limit: number },
): Promise<{ items: Household[]; next: Id | null }> {
  const rows = await sql.query<Row>(
    `${SELECT}
      where ($5::boolean or h.id = any($1::uuid[]) or h.organisation = $2::uuid
             or exists (select 1 from app.appliance a where a.household = h.id and a.organisation = $2::uuid))
        and ($3::uuid is null or h.id > $3::uuid) order by h.id limit $4`,
    [
      'households' in scope ? scope.households : [],
      'organisation' in scope ? scope.organisation : null,
      cursor,
      limit + 1,
      'all' in scope,
    ],
  );
  const items = rows.slice(0, limit).map(toHousehold);
  return { items, next: rows.length > limit ? items.at(-1)!.id : null };
}

/** The organisations that look after something in a household, for the policy. */
export async function organisationsOfHousehold(sql: Sql, household: Id): Promise<Id[]> {
  const rows = await sql.query<{ organisation: Id }>(
    `select organisation from app.appliance where household = $1
      union select organisation from app.household where id = $1 and organisation is not null`,
    [household],
  );
  return rows.map((row) => row.organisation);
}
