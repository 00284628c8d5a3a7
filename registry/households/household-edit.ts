// What changes about a household: its name, its sites, who belongs to it. It keeps at least one owner and one site.
import { type Household, type Id, newId, type Site } from '#contracts';
import { PlatformError, type Sql } from '#runtime';
import { announceAccess } from '../access/access-changes.ts';
import { type Actor, audit } from '../access/audit.ts';
import { regionFor } from '../organisations/regions.ts';
import { membersOf } from '../people/people.ts';
import { seal, unseal } from '../vault/vault.ts';
import { householdById } from './households.ts';

type By = { now: number; by: Actor };

const noted = (tx: Sql, { now, by }: By, household: Id, action: string, detail: Record<string, string> = {}) =>
  audit(tx, { now, by, action, object: { kind: 'household', id: household }, detail });

/** Null when there is no such household. */
export async function renameHousehold(
  sql: Sql,
  { household, name, ...by }: By & { household: Id; name: string },
): Promise<Household | null> {
  return sql.transaction(async (tx) => {
    if (!(await lockHousehold(tx, household))) return null;
    await tx.query('update app.household set name_sealed = $2 where id = $1', [
      household,
      await seal(tx, household, name),
    ]);
    await noted(tx, by, household, 'household.renamed');
    return householdById(tx, household);
  });
}

/** Whoever holds the row decides alone about owners and sites. */
async function lockHousehold(tx: Sql, household: Id): Promise<{ organisation: Id | null } | null> {
  const [row] = await tx.query<{ organisation: Id | null }>(
    'select organisation from app.household where id = $1 for no key update',
    [household],
  );
  return row ?? null;
}

// --- sites ------------------------------------------------------------------------------------------------------------
/** The first is the one it was made with. */
export async function sitesOf(sql: Sql, household: Id): Promise<Site[]> {
  const rows = await sql.query<{ id: Id; key: Uint8Array | null; address_sealed: string | null; region: string }>(
    `select s.id, k.key, s.address_sealed, s.region from app.site s
       left join keys.subject_key k on k.subject = s.household where s.household = $1 order by s.id`,
    [household],
  );
  return rows.map(({ id, key, address_sealed, region }) => ({
    id,
    address: unseal(household, key, address_sealed) ?? '',
    region,
  }));
}

type Place = { address?: string | undefined; region?: string | undefined; postcode?: string | undefined };

/** Throws `unknown-household`. */
export async function addSite(sql: Sql, { household, ...fields }: By & Place & { household: Id }): Promise<Site> {
  return sql.transaction(async (tx) => {
    const known = await lockHousehold(tx, household);
    if (!known) throw new PlatformError('unknown-household', 'reject', 'There is no such household.');
    const id = newId();
    await tx.query(
      'insert into app.site (id, household, address_sealed, region, created_at) values ($1, $2, $3, $4, $5)',
      [
        id,
        household,
        await seal(tx, household, fields.address ?? ''),
        await regionFor(tx, known.organisation, fields),
        fields.now,
      ],
    );
    await noted(tx, fields, household, 'household.site-added', { site: id });
    return (await sitesOf(tx, household)).find((site) => site.id === id)!;
  });
}

/** Changes what is given. Null when the household has no such site. */
export async function editSite(
  sql: Sql,
  { household, site, ...fields }: By & Place & { household: Id; site: Id },
): Promise<Site | null> {
  return sql.transaction(async (tx) => {
    const known = await lockHousehold(tx, household);
    const moved = fields.region !== undefined || fields.postcode !== undefined;
    const edited = await tx.query(
      `update app.site set address_sealed = coalesce($3, address_sealed), region = coalesce($4, region)
        where id = $1 and household = $2 returning id`,
      [
        site,
        household,
        fields.address === undefined ? null : await seal(tx, household, fields.address),
        moved ? await regionFor(tx, known?.organisation ?? null, fields) : null,
      ],
    );
    if (edited.length === 0) return null;
    await noted(tx, fields, household, 'household.site-edited', { site });
    return (await sitesOf(tx, household)).find((one) => one.id === site)!;
  });
}

/** False when the household has no such site. Throws `site-in-use` and `last-site`. */
export async function removeSite(
  sql: Sql,
  { household, site, ...by }: By & { household: Id; site: Id },
): Promise<boolean> {
  return sql.transaction(async (tx) => {
    await lockHousehold(tx, household);
    const sites = await sitesOf(tx, household);
    if (!sites.some((one) => one.id === site)) return false;
    if (sites.length === 1) {
      throw new PlatformError('last-site', 'reject', 'A household has at least one site.', {
        hint: 'Change its address instead.',
      });
    }
    if ((await tx.query('select id from app.appliance where site = $1 limit 1', [site])).length > 0) {
      throw new PlatformError('site-in-use', 'reject', 'Appliances stand at this site.', {
        hint: 'Move them to another site first.',
      });
    }
    await tx.query('delete from app.site where id = $1', [site]);
    await noted(tx, by, household, 'household.site-removed', { site });
    return true;
  });
}

// --- members ----------------------------------------------------------------------------------------------------------
export type MemberRecord = { id: Id; name: string; email: string; as: 'owner' | 'member' };

export async function membersWithStanding(sql: Sql, household: Id): Promise<MemberRecord[]> {
  const people = await membersOf(sql, household);
  const rows = await sql.query<{ person: Id; standing: MemberRecord['as'] }>(
    'select person, standing from app.household_member where household = $1',
    [household],
  );
  const standing = new Map(rows.map((row) => [row.person, row.standing]));
  return people.map(({ id, name, email }) => ({ id, name, email, as: standing.get(id) ?? 'member' }));
}

/** Null when he is no member. Throws `last-owner`. */
export async function setStanding(
  sql: Sql,
  { household, person, as, ...by }: By & { household: Id; person: Id; as: MemberRecord['as'] },
): Promise<MemberRecord | null> {
  return sql.transaction(async (tx) => {
    await lockHousehold(tx, household);
    const known = (await membersWithStanding(tx, household)).find((one) => one.id === person);
    if (!known) return null;
    if (as === 'member') await mustLeaveAnOwner(tx, household, person);
    await tx.query('update app.household_member set standing = $3 where household = $1 and person = $2', [
      household,
      person,
      as,
    ]);
    await announceAccess(tx, person);
    await noted(tx, by, household, 'household.member-changed', { person, as });
    return { ...known, as };
  });
}

/** Put out, or leaving by himself; sees nothing of it from then on. False when he is no member. Throws `last-owner`. */
export async function removeMember(
  sql: Sql,
  { household, person, ...by }: By & { household: Id; person: Id },
): Promise<boolean> {
  return sql.transaction(async (tx) => {
    await lockHousehold(tx, household);
    const known = await tx.query('select 1 as one from app.household_member where household = $1 and person = $2', [
      household,
      person,
    ]);
    if (known.length === 0) return false;
    await mustLeaveAnOwner(tx, household, person);
    await tx.query('delete from app.household_member where household = $1 and person = $2', [household, person]);
    await announceAccess(tx, person);
    await noted(tx, by, household, 'household.member-removed', { person });
    return true;
  });
}

async function mustLeaveAnOwner(tx: Sql, household: Id, without: Id): Promise<void> {
  const others = await tx.query(
    `select person from app.household_member where household = $1 and standing = 'owner' and person <> $2 limit 1`,
    [household, without],
  );
  if (others.length > 0) return;
  throw new PlatformError('last-owner', 'reject', 'A household keeps at least one owner.', {
    hint: 'Make somebody else an owner first.',
  });
}
