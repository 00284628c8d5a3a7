// Organisations, sites, regions, the audit log, and the keys that personal data is sealed with.
import { newId } from '#contracts';
import type { Migration, Sql } from '#runtime';
import { openIndexKey } from '../vault/email-index.ts';
import { sealPlainHouseholds, sealPlainNames } from '../vault/seal-plain-data.ts';

export const organisationTables: readonly Migration[] = [
  {
    name: 'registry/003-keys',
    statements: [
      // A schema of its own, so that a backup of everything else can leave the keys out: who has no key reads nothing.
      'create schema if not exists keys',
      'create table keys.subject_key (subject uuid primary key, key bytea not null)',
      'create table keys.email_index_key (one boolean primary key default true check (one), key bytea not null)',
    ],
    run: openIndexKey,
  },
  {
    name: 'registry/004-organisations',
    statements: [
      `create table app.organisation (
         id uuid primary key,
         kind text not null check (kind in ('brand', 'partner')),
         name text not null,
         brands jsonb not null default '[]',
         parent uuid references app.organisation,
         home boolean not null default false,
         created_at bigint not null)`,
      'create unique index organisation_home on app.organisation (home) where home',
      `create table app.region (
         organisation uuid not null references app.organisation on delete cascade,
         code text not null,
         name text not null,
         postcodes jsonb not null default '[]',
         primary key (organisation, code))`,
      'alter table app.appliance add column organisation uuid references app.organisation',
      'alter table app.appliance add column batch text',
      'alter table app.appliance add column firmware text',
      'alter table app.appliance add column name_key uuid',
      'alter table app.appliance add column name_sealed text',
      'alter table app.person add column organisation uuid references app.organisation',
      'alter table app.person add column name_sealed text',
      'alter table app.person add column email_sealed text',
      'alter table app.person add column email_index text',
      'alter table app.person add column erased_at bigint',
      "alter table app.household_member add column standing text not null default 'owner' check (standing in ('owner', 'member'))",
      'alter table app.household add column name_sealed text',
      'alter table app.household add column organisation uuid references app.organisation',
      // A site is a place of a household: its home, a second home. Appliances stand at one.
      `create table app.site (
         id uuid primary key,
         household uuid not null references app.household on delete cascade,
         address_sealed text,
         region text not null,
         created_at bigint not null)`,
      'create index site_household on app.site (household, id)',
      'alter table app.appliance add column site uuid references app.site on delete set null',
      "alter table app.technician add column certificates jsonb not null default '[]'",
      "alter table app.technician add column shifts jsonb not null default '[]'",
    ],
    run: async (tx) => {
      await homeOrganisation(tx);
      await sealPlainNames(tx);
      await sealPlainHouseholds(tx);
    },
  },
  {
    name: 'registry/005-no-plain-names',
    statements: [
      'alter table app.appliance alter column organisation set not null',
      'alter table app.appliance drop column name',
      'alter table app.person drop column name',
      'alter table app.person drop column email',
      'alter table app.household drop column name',
      'alter table app.household drop column address',
      'alter table app.household drop column region',
      'create unique index person_email on app.person (email_index) where email_index is not null',
      'create index person_organisation on app.person (organisation, id)',
      'create index appliance_organisation on app.appliance (organisation, id)',
      'create unique index appliance_serial on app.appliance (model, serial) where serial is not null',
    ],
  },
  {
    name: 'registry/006-audit',
    statements: [
      `create table app.audit (
         position bigint primary key,
         at bigint not null,
         organisation uuid,
         actor text not null,
         action text not null,
         kind text not null,
         object text not null,
         detail jsonb not null,
         previous text not null,
         hash text not null)`,
      'create index audit_object on app.audit (kind, object, position)',
      'create index audit_organisation on app.audit (organisation, position)',
      `create function app.audit_is_append_only() returns trigger language plpgsql as $$
         begin raise exception 'the audit log is append only'; end $$`,
      `create trigger audit_append_only before update or delete on app.audit
         for each row execute function app.audit_is_append_only()`,
    ],
  },
  {
    name: 'registry/007-access',
    statements: [
      // What an owner lets an independent repairer see for a while.
      `create table app.repair_grant (
         id uuid primary key,
         appliance uuid not null references app.appliance on delete cascade,
         person uuid not null references app.person on delete cascade,
         granted_by uuid not null,
         created_at bigint not null,
         ends_at bigint not null,
         revoked_at bigint)`,
      'create index repair_grant_person on app.repair_grant (person, ends_at)',
      'create index repair_grant_appliance on app.repair_grant (appliance, ends_at)',
      // A key can do what its maker can, narrowed to its scopes.
      `create table app.api_key (
         id uuid primary key,
         person uuid not null references app.person on delete cascade,
         name text not null,
         scopes jsonb not null,
         token_hash text not null unique,
         created_at bigint not null,
         ends_at bigint,
         used_at bigint)`,
      'create index api_key_person on app.api_key (person, id)',
    ],
  },
];

/** The organisation that runs this installation always exists; the set-up names it. What stood here before is its. */
async function homeOrganisation(tx: Sql): Promise<void> {
  const [row] = await tx.query<{ since: number | null }>('select min(created_at) as since from app.person');
  const home = newId();
  await tx.query(
    `insert into app.organisation (id, kind, name, home, created_at) values ($1, 'brand', 'Home organisation', true, $2)`,
    [home, row?.since ?? 0],
  );
  await tx.query('update app.appliance set organisation = $1', [home]);
  await tx.query("update app.person set organisation = $1 where role <> 'owner'", [home]);
}
