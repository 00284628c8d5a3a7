// What a household changes about an appliance: what it is called, and at which of its places it stands.
import type { Id } from '#contracts';
import { announce, PlatformError, type Sql } from '#runtime';
import { type Actor, audit } from '../access/audit.ts';
import { seal } from '../vault/vault.ts';
import { type ApplianceRecord, applianceById } from './appliances.ts';

export type ApplianceEdit = {
  appliance: Id;
  name?: string | undefined;
  site?: Id | undefined;
  now: number;
  by: Actor;
};

/** Null when there is no such appliance. Throws `unknown-site` for a place of another household. */
export async function editAppliance(sql: Sql, edit: ApplianceEdit): Promise<ApplianceRecord | null> {
  const { appliance, name, site, now, by } = edit;
  return sql.transaction(async (tx) => {
    const [row] = await tx.query<{ household: Id | null; name_key: Id; organisation: Id }>(
      'select household, name_key, organisation from app.appliance where id = $1 for no key update',
      [appliance],
    );
    if (!row) return null;
    if (site !== undefined) await mustBeTheirs(tx, site, row.household);
    await tx.query(
      'update app.appliance set name_sealed = coalesce($2, name_sealed), site = coalesce($3, site) where id = $1',
      [appliance, name === undefined ? null : await seal(tx, row.name_key, name), site ?? null],
    );
    await audit(tx, {
      now,
      by,
      action: 'appliance.edited',
      object: { kind: 'appliance', id: appliance },
      organisation: row.organisation,
      detail: { renamed: name !== undefined, site: site ?? null },
    });
    await announce(tx, { what: 'appliance', id: appliance });
    return applianceById(tx, appliance);
  });
}

async function mustBeTheirs(tx: Sql, site: Id, household: Id | null): Promise<void> {
  const known = await tx.query('select id from app.site where id = $1 and household = $2', [site, household]);
  if (known.length > 0) return;
  throw new PlatformError('unknown-site', 'reject', 'The household has no such place.', {
    hint: 'GET /api/v1/households/{id}/sites lists them.',
  });
}
