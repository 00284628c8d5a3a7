// Erasure: a person's key is deleted, and with it everything that was sealed for him, also in copies and backups. What
// stays is ids and codes, and the machine's own history.
import type { Id } from '#contracts';
import type { Sql } from '#runtime';
import { announceAccess } from '../access/access-changes.ts';
import { type Actor, audit } from '../access/audit.ts';
import { eraseOrdersOf } from '../passport/order-claim.ts';
import { transferAppliance } from '../passport/transfer.ts';
import { mustLeaveAnAdministrator } from '../people/staff.ts';
import { forgetReportWordsOf } from '../reports/reports.ts';
import { deleteKey } from '../vault/vault.ts';

/** `households`: those that ended with him. `appliances`: what stood there, released as by a transfer. */
export type Erased = { households: Id[]; appliances: Id[] };

type Erasing = { person: Id; by: Actor; now: number };
type Row = { role: string; organisation: Id | null; email_index: string | null };

/**
 * Part of the caller's transaction; other rooms forget what they keep in the same one, and `finishErasures` follows it.
 * A household whose last owner goes ends with him. Null for somebody who does not exist or was erased before. Throws
 * `last-administrator`.
 */
export async function erasePerson(tx: Sql, erasing: Erasing): Promise<Erased | null> {
  const { person, by, now } = erasing;
  const [row] = await tx.query<Row>(
    'select role, organisation, email_index from app.person where id = $1 and erased_at is null for update',
    [person],
  );
  if (!row) return null;
  if (row.role === 'administrator') await mustLeaveAnAdministrator(tx, row.organisation!, person);
  const erased: Erased = { households: [], appliances: [] };
  for (const household of await lastOwnerOf(tx, person)) {
    erased.households.push(household);
    erased.appliances.push(...(await eraseHousehold(tx, household, erasing)));
  }
  if (row.email_index !== null) await eraseOrdersOf(tx, row.email_index);
  await forgetAccess(tx, person);
  await tx.query(
    `update app.person set erased_at = $2, name_sealed = null, email_sealed = null, email_index = null,
       password_hash = 'erased' where id = $1`,
    [person, now],
  );
  await forgetReportWordsOf(tx, [person, ...erased.households]);
  await deleteKey(tx, person);
  await tx.query('insert into app.erasure (person, at) values ($1, $2) on conflict (person) do nothing', [person, now]);
  await audit(tx, {
    now,
    by,
    action: 'person.erased',
    object: { kind: 'person', id: person },
    organisation: row.organisation,
    detail: { households: erased.households, appliances: erased.appliances },
  });
  await announceAccess(tx, person);
  return erased;
}

/** Locks the households, so that of two owners who go at once the second one is the last. */
async function lastOwnerOf(tx: Sql, person: Id): Promise<Id[]> {
  const rows = await tx.query<{ id: Id }>(
    `select h.id from app.household h join app.household_member m on m.household = h.id
      where m.person = $1 and m.standing = 'owner' order by h.id for update of h`,
    [person],
  );
  const kept = await tx.query<{ household: Id }>(
    `select distinct household from app.household_member
      where household = any($1::uuid[]) and person <> $2 and standing = 'owner'`,
    [rows.map((row) => row.id), person],
  );
  return rows.map((row) => row.id).filter((id) => !kept.some(({ household }) => household === id));
}

/** Returns the appliances that stood there. The row stays as an id that old alerts and cases point to. */
async function eraseHousehold(tx: Sql, household: Id, { by, now }: Erasing): Promise<Id[]> {
  const units = await tx.query<{ id: Id }>('select id from app.appliance where household = $1 order by id for update', [
    household,
  ]);
  for (const { id } of units) await transferAppliance(tx, { appliance: id, by, now });
  await eraseGateways(tx, household);
  const members = await tx.query<{ person: Id }>(
    'delete from app.household_member where household = $1 returning person',
    [household],
  );
  for (const { person } of members) await announceAccess(tx, person);
  await tx.query('delete from app.site where household = $1', [household]);
  await tx.query('update app.household set name_sealed = null, organisation = null where id = $1', [household]);
  await deleteKey(tx, household);
  await audit(tx, { now, by, action: 'household.erased', object: { kind: 'household', id: household } });
  return units.map((unit) => unit.id);
}

async function eraseGateways(tx: Sql, household: Id): Promise<void> {
  const gateways = await tx.query<{ id: Id }>('delete from app.gateway where household = $1 returning id', [household]);
  for (const { id } of gateways) {
    await tx.query('delete from app.credential where holder = $1', [id]);
    await announceAccess(tx, id);
  }
}

const ACCESS = [
  'session',
  'api_key',
  'one_time_token',
  'second_factor',
  'recovery_code',
  'repair_grant',
  'household_member',
  'technician',
] as const;

async function forgetAccess(tx: Sql, person: Id): Promise<void> {
  for (const table of ACCESS) await tx.query(`delete from app.${table} where person = $1`, [person]);
}

/** Who was erased, and whose key may still stand in free space of the disk. */
export async function unfinishedErasures(sql: Sql): Promise<Id[]> {
  const rows = await sql.query<{ person: Id }>('select person from app.erasure where finished_at is null order by at');
  return rows.map((row) => row.person);
}

/**
 * Rewrites the keys' table without the deleted ones: deleting a row alone leaves its bytes in the file; `scrub` does what
 * the engine needs besides. Not in a transaction. `persons` are those whose erasure was found unfinished before.
 */
export async function finishErasures(
  sql: Sql,
  persons: readonly Id[],
  now: number,
  scrub: () => Promise<void>,
): Promise<void> {
  await sql.query('vacuum full keys.subject_key');
  await scrub();
  await sql.query('update app.erasure set finished_at = $2 where person = any($1::uuid[])', [persons, now]);
}
