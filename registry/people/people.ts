// People: owners, technicians, dispatchers, administrators.
import type { z } from 'zod';
import { type Id, type NewPerson, newId, type Person, type Preferences, type Role } from '#contracts';
import { PlatformError, type Sql } from '#runtime';
import { type Actor, audit } from '../access/audit.ts';
import { homeOrganisation, organisationById } from '../organisations/organisations.ts';
import { emailIndex } from '../vault/email-index.ts';
import { seal, unseal } from '../vault/vault.ts';
import { hashPassword } from './passwords.ts';

export type PersonFields = z.input<typeof NewPerson>;

type PersonRow = {
  id: Id;
  name_sealed: string | null;
  email_sealed: string | null;
  key: Uint8Array | null;
  role: Role;
  organisation: Id | null;
  language: Person['language'];
  time_zone: string;
  temperature_unit: Person['temperatureUnit'];
};

/** People who were erased are in no answer. */
const SELECT = `select p.id, p.name_sealed, p.email_sealed, k.key, p.role, p.organisation, p.language, p.time_zone,
    p.temperature_unit
  from app.person p join keys.subject_key k on k.subject = p.id`;

const toPerson = (row: PersonRow): Person => ({
  id: row.id,
  name: unseal(row.id, row.key, row.name_sealed) ?? '',
  email: unseal(row.id, row.key, row.email_sealed) ?? '',
  role: row.role,
  organisation: row.organisation,
  language: row.language,
  timeZone: row.time_zone,
  temperatureUnit: row.temperature_unit,
});

/** `confirmed` false: the account waits until its owner answers a mail. */
export type NewPersonFields = PersonFields & { id?: Id; now: number; by?: Actor; confirmed?: boolean };

/** Throws `email-taken`, `unknown-household`, `unknown-organisation`, `unknown-time-zone` or `region-needed` (all `reject`). */
export async function createPerson(sql: Sql, fields: NewPersonFields): Promise<Person> {
  const passwordHash = await hashPassword(fields.password);
  return sql.transaction((tx) => insertPerson(tx, fields, passwordHash));
}

/** Staff without a named organisation belong to the home organisation. */
export async function insertPerson(tx: Sql, fields: NewPersonFields, passwordHash: string): Promise<Person> {
  const id = fields.id ?? newId();
  const inHousehold = fields.role === 'owner' || fields.role === 'repairer';
  const organisation = inHousehold ? null : await organisationFor(tx, fields.organisation);
  const inserted = await tx.query(
    `insert into app.person (id, name_sealed, email_sealed, email_index, role, organisation, language, time_zone,
       temperature_unit, password_hash, created_at, confirmed_at)
     values ($1, $2, $3, $4, $5, $6, $7, $8, 'C', $9, $10, $11) on conflict (email_index) where email_index is not null do nothing
     returning id`,
    [
      id,
      await seal(tx, id, fields.name),
      await seal(tx, id, fields.email.trim()),
      await emailIndex(tx, fields.email),
      fields.role,
      organisation,
      fields.language ?? 'en',
      knownTimeZone(fields.timeZone ?? 'UTC'),
      passwordHash,
      fields.now,
      fields.confirmed === false ? null : fields.now,
    ],
  );
  if (inserted.length === 0) {
    throw new PlatformError('email-taken', 'reject', 'Somebody with this mail address exists already.');
  }
  if (fields.role === 'technician') await insertTechnician(tx, id, fields);
  if (fields.household !== undefined) await joinHousehold(tx, { person: id, household: fields.household, as: 'owner' });
  await audit(tx, {
    now: fields.now,
    by: fields.by ?? 'platform',
    action: 'person.created',
    object: { kind: 'person', id },
    organisation,
    detail: { role: fields.role },
  });
  return (await personById(tx, id))!;
}

async function organisationFor(tx: Sql, wish: Id | undefined): Promise<Id> {
  if (wish === undefined) return (await homeOrganisation(tx)).id;
  if (await organisationById(tx, wish)) return wish;
  throw new PlatformError('unknown-organisation', 'reject', 'There is no such organisation.');
}

async function insertTechnician(tx: Sql, person: Id, fields: PersonFields): Promise<void> {
  if (!fields.region) {
    throw new PlatformError('region-needed', 'reject', 'A technician needs a region, or no visit ever finds him.', {
      hint: 'Give the same short code as the households he works for, e.g. "north".',
    });
  }
  await tx.query('insert into app.technician (person, region, skills) values ($1, $2, $3)', [
    person,
    fields.region,
    JSON.stringify(fields.skills ?? []),
  ]);
}

/** Throws `unknown-household`. Somebody who is in already gets the standing that is given. */
export async function joinHousehold(
  tx: Sql,
  { person, household, as }: { person: Id; household: Id; as: 'owner' | 'member' },
): Promise<void> {
  const joined = await tx.query(
    `insert into app.household_member (household, person, standing)
     select id, $2::uuid, $3 from app.household where id = $1
     on conflict (household, person) do update set standing = excluded.standing returning person`,
    [household, person, as],
  );
  if (joined.length === 0) throw new PlatformError('unknown-household', 'reject', 'There is no such household.');
}

export function knownTimeZone(timeZone: string): string {
  try {
    new Intl.DateTimeFormat('en', { timeZone });
    return timeZone;
  } catch (cause) {
    throw new PlatformError('unknown-time-zone', 'reject', `"${timeZone}" is not a time zone.`, {
      cause,
      hint: 'Give an IANA name such as "Europe/Berlin" or "Asia/Shanghai".',
    });
  }
}

export async function personById(sql: Sql, id: Id): Promise<Person | null> {
  const [row] = await sql.query<PersonRow>(`${SELECT} where p.id = $1`, [id]);
  return row ? toPerson(row) : null;
}

/** Changes what is given, leaves the rest. Throws `unknown-time-zone`. */
export async function setPreferences(sql: Sql, person: Id, wish: z.infer<typeof Preferences>): Promise<Person | null> {
  const timeZone = wish.timeZone === undefined ? null : knownTimeZone(wish.timeZone);
  await sql.query(
    `update app.person set language = coalesce($2, language), time_zone = coalesce($3, time_zone),
            temperature_unit = coalesce($4, temperature_unit) where id = $1`,
    [person, wish.language ?? null, timeZone, wish.temperatureUnit ?? null],
  );
  return personById(sql, person);
}

/** People of an organisation and of its partners. */
export async function listPeople(
  sql: Sql,
  organisation: Id,
  { cursor, limit, role }: { cursor: Id | null; limit: number; role?: Role | undefined },
): Promise<{ items: Person[]; next: Id | null }> {
  const rows = await sql.query<PersonRow>(
    `${SELECT} where p.organisation in (select o.id from app.organisation o where $1::uuid in (o.id, o.parent))
        and ($2::uuid is null or p.id > $2::uuid) and ($4::text is null or p.role = $4::text) order by p.id limit $3`,
    [organisation, cursor, limit + 1, role ?? null],
  );
  const items = rows.slice(0, limit).map(toPerson);
  return { items, next: rows.length > limit ? items.at(-1)!.id : null };
}

/** Members of a household, oldest account first. */
export async function membersOf(sql: Sql, household: Id): Promise<Person[]> {
  const rows = await sql.query<PersonRow>(
    `${SELECT} join app.household_member m on m.person = p.id
      where m.household = $1 and p.deactivated_at is null order by p.id`,
    [household],
  );
  return rows.map(toPerson);
}

/** Staff of one organisation in one role, oldest account first. */
export async function peopleWithRole(sql: Sql, role: Role, organisation: Id): Promise<Person[]> {
  const rows = await sql.query<PersonRow>(
    `${SELECT} where p.role = $1 and p.organisation = $2 and p.deactivated_at is null order by p.id`,
    [role, organisation],
  );
  return rows.map(toPerson);
}

export type TechnicianProfile = { id: Id; name: string; organisation: Id; region: string; skills: string[] };

type TechnicianRow = Pick<PersonRow, 'id' | 'key' | 'name_sealed'> & Omit<TechnicianProfile, 'name'>;

/** Where the technicians of these organisations work and what they can do, in a fixed order. */
export async function technicians(sql: Sql, organisations: readonly Id[]): Promise<TechnicianProfile[]> {
  const rows = await sql.query<TechnicianRow>(
    `select p.id, p.organisation, k.key, p.name_sealed, t.region, t.skills
       from app.technician t join app.person p on p.id = t.person join keys.subject_key k on k.subject = p.id
      where p.organisation = any($1::uuid[]) and p.role = 'technician' and p.deactivated_at is null order by p.id`,
    [organisations],
  );
  return rows.map(({ key, name_sealed, ...row }) => ({ ...row, name: unseal(row.id, key, name_sealed) ?? '' }));
}
