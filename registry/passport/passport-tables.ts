// Tables of a unit's passport: whose it is since when, the code it is claimed with, what happened to it, its order.
import type { Migration } from '#runtime';

export const passportTables: readonly Migration[] = [
  {
    name: 'registry/025-passport',
    statements: [
      // A household sees what its appliance said from here on, never what it said in other hands; null: there were none.
      'alter table app.appliance add column owned_since bigint',
      // One code at a time: a new one replaces the old, a used one is gone.
      `create table app.claim_code (
         appliance uuid primary key references app.appliance on delete cascade,
         code_hash text not null,
         created_at bigint not null)`,
      // Counted here and not in a process, so that several of them count together. Subjects are hashed.
      `create table app.claim_attempts (
         subject text primary key,
         count int not null,
         since bigint not null,
         rests_until bigint not null default 0,
         forget_at bigint not null)`,
      'create index claim_attempts_forget on app.claim_attempts (forget_at)',
      // Days are the first moment of that day, UTC.
      `create table app.passport (
         appliance uuid primary key references app.appliance on delete cascade,
         purchased_on bigint,
         installed_on bigint,
         first_claimed_at bigint,
         environment jsonb not null default '{}')`,
      `create table app.consumable_change (
         appliance uuid not null references app.appliance on delete cascade,
         consumable text not null,
         changed_on bigint not null,
         primary key (appliance, consumable, changed_on))`,
      // What happened to the machine, append only, without people and households.
      `create table app.appliance_event (
         position bigint generated always as identity primary key,
         appliance uuid not null references app.appliance on delete cascade,
         at bigint not null,
         what text not null,
         detail jsonb not null default '{}')`,
      'create index appliance_event_appliance on app.appliance_event (appliance, position)',
    ],
  },
  {
    name: 'registry/026-orders',
    statements: [
      // The customer is sealed with the order's own key; email_index finds him when he signs up.
      `create table app.unit_order (
         id uuid primary key,
         organisation uuid not null references app.organisation,
         number text not null,
         model text not null,
         appliance uuid references app.appliance on delete set null,
         email_index text,
         customer_sealed text,
         region text not null,
         wish_date bigint,
         environment jsonb not null default '{}',
         created_at bigint not null,
         claimed_at bigint,
         unique (organisation, number))`,
      'create index unit_order_newest on app.unit_order (organisation, id)',
      'create index unit_order_appliance on app.unit_order (appliance)',
      'create index unit_order_email on app.unit_order (email_index) where email_index is not null',
    ],
  },
];
