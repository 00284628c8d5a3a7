// Accounts and what guards them; organisations' demands; invitations; remote sessions.
import type { Migration } from '#runtime';

export const peopleTables: readonly Migration[] = [
  {
    name: 'registry/030-accounts',
    statements: [
      // Not confirmed: somebody was asked by mail whether the account is his; nobody can log in.
      'alter table app.person add column confirmed_at bigint',
      'update app.person set confirmed_at = created_at',
      'alter table app.person add column deactivated_at bigint',
      'alter table app.session add column id uuid not null default gen_random_uuid()',
      'create unique index session_id on app.session (id)',
      // When the password was last asked for.
      'alter table app.session add column authenticated_at bigint',
      'update app.session set authenticated_at = created_at',
      'alter table app.session alter column authenticated_at set not null',
      `create table app.one_time_token (
         token_hash text primary key,
         purpose text not null,
         person uuid not null references app.person on delete cascade,
         about jsonb not null default '{}',
         created_at bigint not null,
         ends_at bigint not null)`,
      'create index one_time_token_person on app.one_time_token (person, purpose)',
      // Whose attempts is a keyed hash: neither accounts nor addresses stand here.
      `create table app.attempt (
         key_hash text primary key,
         count int not null,
         since bigint not null)`,
      'create index attempt_since on app.attempt (since)',
    ],
  },
  {
    name: 'registry/031-second-factor',
    statements: [
      // last_step: of the last code that was used; a code works once.
      `create table app.second_factor (
         person uuid primary key references app.person on delete cascade,
         secret_sealed text not null,
         created_at bigint not null,
         confirmed_at bigint,
         last_step bigint not null default 0)`,
      `create table app.recovery_code (
         person uuid not null references app.person on delete cascade,
         code_hash text not null,
         primary key (person, code_hash))`,
      'alter table app.organisation add column second_factor_required boolean not null default false',
    ],
  },
  {
    name: 'registry/032-remote-sessions',
    statements: [
      `create table app.remote_session (
         id uuid primary key,
         appliance uuid not null references app.appliance on delete cascade,
         household uuid not null,
         organisation uuid not null,
         asked_by uuid not null,
         reason text not null,
         what text not null,
         minutes int not null,
         state text not null,
         asked_at bigint not null,
         ends_at bigint not null,
         looks int not null default 0)`,
      'create index remote_session_appliance on app.remote_session (appliance, asked_at desc, id desc)',
      "create index remote_session_running on app.remote_session (asked_by, appliance) where state = 'running'",
    ],
  },
];
