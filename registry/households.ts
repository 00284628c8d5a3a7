// Households: where appliances stand. `region` is a short code that technicians share.
import type { z } from 'zod';
import { type Household, type Id, type NewHousehold, newId } from '#contracts';
import type { Sql } from '#runtime';
import type { Scope } from './policy.ts';

export async function createHousehold(
  sql: Sql,
  fields: z.input<typeof NewHousehold> & { now: number },
): Promise<Household> {
  const household = { id: newId(), name: fields.name, address: fields.address ?? '', region: fields.region };
  await sql.query('insert into app.household (id, name, address, region, created_at) values ($1, $2, $3, $4, $5)', [
    household.id,
    household.name,
    household.address,
    household.region,
    fields.now,
  ]);
  return household;
}

export async function listHouseholds(
  sql: Sql,
  scope: Scope,
  { cursor, limit }: { cursor: Id | null; limit: number },
): Promise<{ items: Household[]; next: Id | null }> {
  const rows = await sql.query<Household>(
    `select id, name, address, region from app.household
      where ($1::boolean or id = any($2::uuid[])) and ($3::uuid is null or id > $3::uuid) order by id limit $4`,
    ['all' in scope, 'households' in scope ? scope.households : [], cursor, limit + 1],
  );
  const items = rows.slice(0, limit);
  return { items, next: rows.length > limit ? items.at(-1)!.id : null };
}
