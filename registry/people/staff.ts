// What an administrator changes about people of his organisation: role, organisation, whether they may come at all.
import type { Id, Person, Role, StaffPerson } from '#contracts';
import { PlatformError, type Sql } from '#runtime';
import { announceAccess } from '../access/access-changes.ts';
import { type Actor, audit } from '../access/audit.ts';
import { rightsShrink } from '../access/policy.ts';
import { organisationById } from '../organisations/organisations.ts';
import { listPeople, personById } from './people.ts';
import { endSessions } from './sessions.ts';

export type StaffEdit = {
  person: Id;
  role?: Role | undefined;
  organisation?: Id | undefined;
  active?: boolean | undefined;
  /** Where somebody works who becomes a technician. */
  region?: string | undefined;
  now: number;
  by: Actor;
};

type StaffRow = { role: Role; organisation: Id | null; active: boolean };

/**
 * Counts from the person's next request on; when rights are taken away his sessions end. Null when there is no such
 * person. Throws `not-staff`, `unknown-organisation`, `region-needed` or `last-administrator`.
 */
export async function editStaff(sql: Sql, edit: StaffEdit): Promise<StaffPerson | null> {
  return sql.transaction(async (tx) => {
    const before = await lockStaff(tx, edit.person);
    if (!before) return null;
    const after: StaffRow = {
      role: edit.role ?? before.role,
      organisation: edit.organisation ?? before.organisation,
      active: edit.active ?? before.active,
    };
    await check(tx, edit, before, after);
    await save(tx, edit, after);
    if (rightsShrink(before.role, after.role) || before.organisation !== after.organisation || !after.active) {
      await endSessions(tx, edit.person);
    }
    await announceAccess(tx, edit.person);
    await noteEdit(tx, edit, before, after);
    return staffById(tx, edit.person);
  });
}

async function lockStaff(tx: Sql, person: Id): Promise<StaffRow | null> {
  const [row] = await tx.query<StaffRow>(
    `select role, organisation, deactivated_at is null as active from app.person
      where id = $1 and erased_at is null for no key update`,
    [person],
  );
  return row ?? null;
}

async function check(tx: Sql, { person }: StaffEdit, before: StaffRow, after: StaffRow): Promise<void> {
  const isStaff = (role: Role) => role !== 'owner' && role !== 'repairer';
  if (before.organisation === null || !isStaff(after.role)) {
    throw new PlatformError('not-staff', 'reject', 'Only people who work for an organisation have such a role.', {
      hint: 'People of households make their own accounts.',
    });
  }
  if (!(await organisationById(tx, after.organisation!))) {
    throw new PlatformError('unknown-organisation', 'reject', 'There is no such organisation.');
  }
  const stays = after.role === 'administrator' && after.active && after.organisation === before.organisation;
  if (before.role === 'administrator' && before.active && !stays) {
    await mustLeaveAnAdministrator(tx, before.organisation, person);
  }
}

/** Throws `last-administrator` when without this person nobody could administer the organisation. Of two at once one waits. */
export async function mustLeaveAnAdministrator(tx: Sql, organisation: Id, without: Id): Promise<void> {
  await tx.query('select id from app.organisation where id = $1 for no key update', [organisation]);
  const others = await tx.query(
    `select id from app.person where organisation = $1 and role = 'administrator' and id <> $2
        and confirmed_at is not null and deactivated_at is null and erased_at is null limit 1`,
    [organisation, without],
  );
  if (others.length > 0) return;
  throw new PlatformError('last-administrator', 'reject', 'This is the last administrator of the organisation.', {
    hint: 'Make somebody else an administrator first.',
  });
}

async function save(tx: Sql, edit: StaffEdit, after: StaffRow): Promise<void> {
  await tx.query(
    `update app.person set role = $2, organisation = $3,
       deactivated_at = case when $4::boolean then null else coalesce(deactivated_at, $5::bigint) end where id = $1`,
    [edit.person, after.role, after.organisation, after.active, edit.now],
  );
  if (after.role !== 'technician') return;
  if (edit.region !== undefined) {
    await tx.query(
      `insert into app.technician (person, region, skills) values ($1, $2, '[]')
       on conflict (person) do update set region = excluded.region`,
      [edit.person, edit.region],
    );
  }
  const known = await tx.query('select person from app.technician where person = $1', [edit.person]);
  if (known.length === 0) {
    throw new PlatformError('region-needed', 'reject', 'A technician needs a region, or no visit ever finds him.', {
      hint: 'Send "region" with the role.',
    });
  }
}

async function noteEdit(tx: Sql, { person, now, by }: StaffEdit, before: StaffRow, after: StaffRow): Promise<void> {
  await audit(tx, {
    now,
    by,
    action: 'person.edited',
    object: { kind: 'person', id: person },
    organisation: before.organisation,
    detail: {
      roleBefore: before.role,
      role: after.role,
      organisationBefore: before.organisation,
      organisation: after.organisation,
      active: after.active,
    },
  });
}

/** Null for people of households too: they are nobody's staff. */
export async function staffById(sql: Sql, person: Id): Promise<StaffPerson | null> {
  const known = await personById(sql, person);
  return known?.organisation ? (await withStanding(sql, [known]))[0]! : null;
}

/** People of an organisation and of its partners. */
export async function listStaff(
  sql: Sql,
  organisation: Id,
  page: { cursor: Id | null; limit: number; role?: Role | undefined },
): Promise<{ items: StaffPerson[]; next: Id | null }> {
  const { items, next } = await listPeople(sql, organisation, page);
  return { items: await withStanding(sql, items), next };
}

async function withStanding(sql: Sql, people: readonly Person[]): Promise<StaffPerson[]> {
  const rows = await sql.query<{ id: Id; active: boolean; secondFactor: boolean }>(
    `select p.id, p.deactivated_at is null as active, f.person is not null as "secondFactor" from app.person p
       left join app.second_factor f on f.person = p.id and f.confirmed_at is not null where p.id = any($1::uuid[])`,
    [people.map(({ id }) => id)],
  );
  const known = new Map(rows.map((row) => [row.id, row]));
  return people.map((person) => ({
    ...person,
    active: known.get(person.id)?.active ?? false,
    secondFactor: known.get(person.id)?.secondFactor ?? false,
  }));
}
