// Regions: areas that technicians work in, known by the beginnings of their postcodes. A code is what households and technicians share.
import type { Id, Region } from '#contracts';
import type { Sql } from '#runtime';
import { type Actor, audit } from '../access/audit.ts';

const plain = (postcode: string): string => postcode.replace(/[\s-]/g, '').toUpperCase();

/** Those of an organisation, and of the brand it works for. */
export async function listRegions(sql: Sql, organisation: Id): Promise<Region[]> {
  return sql.query<Region>(
    `select distinct on (code) code, name, postcodes from app.region
      where organisation = $1 or organisation = (select parent from app.organisation where id = $1)
      order by code, organisation = $1 desc`,
    [organisation],
  );
}

export async function putRegion(
  sql: Sql,
  { organisation, code, name, postcodes, now, by }: Region & { organisation: Id; now: number; by: Actor },
): Promise<Region> {
  const region = { code, name, postcodes: [...new Set(postcodes.map(plain))].sort() };
  await sql.transaction(async (tx) => {
    await tx.query(
      `insert into app.region (organisation, code, name, postcodes) values ($1, $2, $3, $4)
       on conflict (organisation, code) do update set name = excluded.name, postcodes = excluded.postcodes`,
      [organisation, code, name, JSON.stringify(region.postcodes)],
    );
    await audit(tx, {
      now,
      by,
      action: 'region.put',
      object: { kind: 'region', id: code },
      organisation,
      detail: { postcodes: region.postcodes },
    });
  });
  return region;
}

/** Households and technicians keep the code. False when the organisation has no such region. */
export async function deleteRegion(
  sql: Sql,
  { organisation, code, now, by }: { organisation: Id; code: string; now: number; by: Actor },
): Promise<boolean> {
  return sql.transaction(async (tx) => {
    const gone = await tx.query('delete from app.region where organisation = $1 and code = $2 returning code', [
      organisation,
      code,
    ]);
    if (gone.length === 0) return false;
    await audit(tx, { now, by, action: 'region.deleted', object: { kind: 'region', id: code }, organisation });
    return true;
  });
}

/** The region whose postcode begins most like this one; null when none does. `organisation` null: the home organisation's. */
export async function regionOfPostcode(sql: Sql, organisation: Id | null, postcode: string): Promise<string | null> {
  const [row] = await sql.query<{ code: string }>(
    `select r.code from app.region r, jsonb_array_elements_text(r.postcodes) as beginning
      where r.organisation = coalesce($1::uuid, (select id from app.organisation where home))
        and starts_with($2::text, beginning)
      order by length(beginning) desc, r.code limit 1`,
    [organisation, plain(postcode)],
  );
  return row?.code ?? null;
}

/** What is given; else found by postcode; else nothing, and technicians of all regions are asked. */
export async function regionFor(
  sql: Sql,
  organisation: Id | null,
  place: { region?: string | undefined; postcode?: string | undefined },
): Promise<string> {
  if (place.region !== undefined) return place.region;
  return place.postcode === undefined ? '' : ((await regionOfPostcode(sql, organisation, place.postcode)) ?? '');
}
