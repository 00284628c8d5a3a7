// People: owners, technicians, dispatchers, administrators.
import type { z } from 'zod';
import { type Id, type NewPerson, newId, type Person, type Preferences, type Role } from '#contracts';
import { PlatformError, type Sql } from '#runtime';
import { hashPassword } from './passwords.ts';

export type PersonFields = z.input<typeof NewPerson>;

type PersonRow = {
  id: Id;
  name: string;
  email: string;
  role: Role;
  language: Person['language'];
  time_zone: string;
  temperature_unit: Person['temperatureUnit'];
};

const COLUMNS = 'p.id, p.name, p.email, p.role, p.language, p.time_zone, p.temperature_unit';

const toPerson = (row: PersonRow): Person => ({
  id: row.id,
  name: row.name,
  email: row.email,
  role: row.role,
  language: row.language,
  timeZone: row.time_zone,
  temperatureUnit: row.temperature_unit,
});

export const sameCase = (email: string): string => email.trim().toLowerCase();

/** Throws `email-taken`, `unknown-household`, `unknown-time-zone` or `region-needed` (all `reject`). */
export async function createPerson(sql: Sql, fields: PersonFields & { now: number }): Promise<Person> {
  const passwordHash = await hashPassword(fields.password);
  return sql.transaction((tx) => insertPerson(tx, fields, passwordHash));
}

export async function insertPerson(
  tx: Sql,
  fields: PersonFields & { now: number },
  passwordHash: string,
): Promise<Person> {
  const timeZone = knownTimeZone(fields.timeZone ?? 'UTC');
  const [row] = await tx.query<PersonRow>(
    `insert into app.person as p
       (id, name, email, role, language, time_zone, temperature_unit, password_hash, created_at)
     values ($1, $2, $3, $4, $5, $6, 'C', $7, $8) on conflict (email) do nothing returning ${COLUMNS}`,
    [
      newId(),
      fields.name,
      sameCase(fields.email),
      fields.role,
      fields.language ?? 'en',
      timeZone,
      passwordHash,
      fields.now,
    ],
  );
  if (!row) throw new PlatformError('email-taken', 'reject', 'Somebody with this mail address exists already.');
  if (fields.role === 'technician') await insertTechnician(tx, row.id, fields);
  if (fields.household !== undefined) await joinHousehold(tx, row.id, fields.household);
  return toPerson(row);
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

async function joinHousehold(tx: Sql, person: Id, household: Id): Promise<void> {
  const joined = await tx.query(
    'insert into app.household_member (household, person) select id, $2::uuid from app.household where id = $1 returning person',
    [household, person],
  );
  if (joined.length === 0) throw new PlatformError('unknown-household', 'reject', 'There is no such household.');
}

function knownTimeZone(timeZone: string): string {
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
  const [row] = await sql.query<PersonRow>(`select ${COLUMNS} from app.person p where p.id = $1`, [id]);
  return row ? toPerson(row) : null;
}

/** Changes what is given, leaves the rest. Throws `unknown-time-zone`. */
export async function setPreferences(sql: Sql, person: Id, wish: z.infer<typeof Preferences>): Promise<Person | null> {
  const timeZone = wish.timeZone === undefined ? null : knownTimeZone(wish.timeZone);
  const [row] = await sql.query<PersonRow>(
    `update app.person p set language = coalesce($2, language), time_zone = coalesce($3, time_zone),
            temperature_unit = coalesce($4, temperature_unit)
      where p.id = $1 returning ${COLUMNS}`,
    [person, wish.language ?? null, timeZone, wish.temperatureUnit ?? null],
  );
  return row ? toPerson(row) : null;
}

export async function listPeople(
  sql: Sql,
  { cursor, limit }: { cursor: Id | null; limit: number },
): Promise<{ items: Person[]; next: Id | null }> {
  const rows = await sql.query<PersonRow>(
    `select ${COLUMNS} from app.person p where $1::uuid is null or p.id > $1::uuid order by p.id limit $2`,
    [cursor, limit + 1],
  );
  const items = rows.slice(0, limit).map(toPerson);
  return { items, next: rows.length > limit ? items.at(-1)!.id : null };
}

/** Members of a household, oldest account first. */
export async function membersOf(sql: Sql, household: Id): Promise<Person[]> {
  const rows = await sql.query<PersonRow>(
    `select ${COLUMNS} from app.person p join app.household_member m on m.person = p.id
      where m.household = $1 order by p.id`,
    [household],
  );
  return rows.map(toPerson);
}

export async function peopleWithRole(sql: Sql, role: Role): Promise<Person[]> {
  const rows = await sql.query<PersonRow>(`select ${COLUMNS} from app.person p where p.role = $1 order by p.id`, [
    role,
  ]);
  return rows.map(toPerson);
}

export type TechnicianProfile = { id: Id; name: string; region: string; skills: string[] };

/** Where technicians work and what they can do, in a fixed order. */
export async function technicians(sql: Sql): Promise<TechnicianProfile[]> {
  return sql.query<TechnicianProfile>(
    `select p.id, p.name, t.region, t.skills from app.technician t join app.person p on p.id = t.person order by p.id`,
  );
}
