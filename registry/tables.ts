// The registry's tables: who and what exists. Names, addresses and mail addresses stand only here.
import type { Migration } from '#runtime';
import { credentialTables } from './appliances/credential-tables.ts';
import { commandTables } from './commands/command-tables.ts';
import { organisationTables } from './organisations/organisation-tables.ts';
import { passportTables } from './passport/passport-tables.ts';
import { peopleTables } from './people/people-tables.ts';
import { reportTables } from './reports/report-tables.ts';
import { rightsTables } from './rights/rights-tables.ts';

export const registryTables: readonly Migration[] = [
  {
    name: 'registry/001-people',
    statements: [
      `create table app.household (
         id uuid primary key,
         name text not null,
         address text not null,
         region text not null,
         created_at bigint not null)`,
      `create table app.person (
         id uuid primary key,
         name text not null,
         email text not null unique,
         role text not null,
         language text not null,
         time_zone text not null,
         temperature_unit text not null,
         password_hash text not null,
         created_at bigint not null)`,
      `create table app.household_member (
         household uuid not null references app.household on delete cascade,
         person uuid not null references app.person on delete cascade,
         primary key (household, person))`,
      'create index household_member_person on app.household_member (person)',
      `create table app.technician (
         person uuid primary key references app.person on delete cascade,
         region text not null,
         skills jsonb not null)`,
      `create table app.session (
         token_hash text primary key,
         person uuid not null references app.person on delete cascade,
         created_at bigint not null,
         seen_at bigint not null)`,
      'create index session_person on app.session (person)',
      'create table app.set_up_token (token_hash text primary key, issued_at bigint not null)',
    ],
  },
  {
    name: 'registry/002-appliances',
    statements: [
      `create table app.appliance (
         id uuid primary key,
         model text not null,
         name text not null,
         serial text,
         household uuid references app.household,
         created_at bigint not null)`,
      'create index appliance_household on app.appliance (household, id)',
      // A table of its own, so that an appliance may hold two secrets while one replaces the other.
      `create table app.appliance_secret (
         appliance uuid not null references app.appliance on delete cascade,
         secret_hmac text not null,
         created_at bigint not null,
         primary key (appliance, secret_hmac))`,
    ],
  },
  ...organisationTables,
  ...credentialTables,
  ...passportTables,
  ...peopleTables,
  ...rightsTables,
  commandTables,
  reportTables,
];
