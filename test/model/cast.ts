// Who plays: people of all roles, two brands and a partner, some units with a code on their label. Made through the doors.

import type { Id, Role } from '#contracts';
import { createAppliance, createOrganisation, createPerson, homeOrganisation } from '#registry';
import type { Clock, Sql } from '#runtime';
import { emptyModel, type Model, type ModelPerson } from './model.ts';
import { PASSWORD, PEPPER, type System } from './system.ts';

type Part = { name: string; role: Role; of?: 'home' | 'other' | 'partner'; region?: string; skills?: string[] };

const PEOPLE: readonly Part[] = [
  { name: 'Ann', role: 'owner' },
  { name: 'Ben', role: 'owner' },
  { name: 'Cat', role: 'owner' },
  { name: 'Dan', role: 'owner' },
  { name: 'Rea', role: 'repairer' },
  { name: 'Rob', role: 'repairer' },
  { name: 'Tea', role: 'technician', of: 'home', region: 'north', skills: ['refrigeration'] },
  { name: 'Tim', role: 'technician', of: 'home', region: 'south', skills: ['refrigeration'] },
  { name: 'Tom', role: 'technician', of: 'home', region: 'north' },
  { name: 'Pat', role: 'technician', of: 'partner', region: 'north', skills: ['refrigeration'] },
  { name: 'Dot', role: 'dispatcher', of: 'home' },
  { name: 'Cal', role: 'call-agent', of: 'home' },
  { name: 'Ada', role: 'administrator', of: 'home' },
  { name: 'Abe', role: 'administrator', of: 'home' },
  { name: 'Ole', role: 'dispatcher', of: 'other' },
  { name: 'Pia', role: 'dispatcher', of: 'partner' },
];

const UNITS = [
  { model: 'stethos-reference-fridge', serial: 'S-1' },
  { model: 'stethos-reference-fridge', serial: 'S-2' },
  { model: 'stethos-reference-fridge', serial: 'S-3' },
  { model: 'fridge-without-door-sensor', serial: 'S-1' },
];

/** In an empty database. Everything takes `clock` as its present. */
export async function enterCast(system: System, clock: Clock): Promise<Model> {
  const { sql } = system;
  const model = emptyModel(clock.now());
  const home = (await homeOrganisation(sql)).id;
  const firm = { creator: home, now: clock.now(), by: 'platform' } as const;
  const other = await createOrganisation(sql, { ...firm, kind: 'brand', name: 'Other', brands: ['Generic'] });
  const partner = await createOrganisation(sql, { ...firm, kind: 'partner', name: 'Partner' });
  const organisations = { home, other: other.id, partner: partner.id };
  for (const part of PEOPLE) model.people.push(await enter(sql, part, organisations, clock));
  await bringUnits(system, model);
  return model;
}

async function enter(sql: Sql, part: Part, organisations: Record<string, Id>, clock: Clock): Promise<ModelPerson> {
  const { of, name, role, skills = [], region } = part;
  const organisation = of === undefined ? null : organisations[of]!;
  const email = `${name.toLowerCase()}@example.org`;
  const person = await createPerson(sql, {
    name,
    email,
    password: PASSWORD,
    role,
    skills,
    now: clock.now(),
    ...(organisation === null ? {} : { organisation }),
    ...(region === undefined ? {} : { region }),
  });
  return { id: person.id, name, email, role, organisation, active: true, erased: false, skills };
}

async function bringUnits(system: System, model: Model): Promise<void> {
  const dispatchers = model.people.filter(({ role }) => role === 'dispatcher');
  const [home, other] = dispatchers as [ModelPerson, ModelPerson];
  for (const { model: kind, serial } of UNITS) {
    const fields = { model: kind, serial, name: serial, now: model.now, pepper: PEPPER };
    const { id, secret } = await createAppliance(system.sql, fields);
    const staff = kind.startsWith('stethos') ? home : other;
    const code = await system.printLabel(staff.id, id);
    model.units.push({
      id,
      name: `${kind} ${serial}`,
      model: kind,
      serial,
      organisation: staff.organisation!,
      household: null,
      code,
      hasCode: true,
      usedCodes: [],
      secret,
      oldSecrets: [],
    });
  }
}

/** The database as it was before anybody entered. */
export async function clearStage(sql: Sql): Promise<void> {
  const tables = await sql.query<{ name: string }>(
    `select schemaname || '.' || tablename as name from pg_tables where schemaname in ('app', 'keys')
        and tablename not in ('migration', 'organisation', 'email_index_key')`,
  );
  await sql.query(`truncate ${tables.map(({ name }) => name).join(', ')}`);
  await sql.query('delete from app.organisation where not home');
}
