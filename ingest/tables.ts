import type { Migration } from '#runtime';
import { ledgerTables } from './ledger/tables.ts';
import { replayTables } from './replay-tables.ts';

export const ingestTables: readonly Migration[] = [
  {
    name: 'ingest/001-latest',
    statements: [
      `create table app.latest (
         appliance uuid primary key,
         connected boolean not null,
         heard_at bigint,
         signals jsonb not null,
         written_at bigint not null)`,
      'create index latest_written on app.latest (written_at)',
    ],
  },
  {
    name: 'ingest/002-quarantine',
    statements: [
      `create table app.quarantine (
         position bigint primary key,
         appliance uuid not null,
         received_at bigint not null,
         channel text not null,
         reason text not null,
         payload bytea not null)`,
      'create index quarantine_appliance on app.quarantine (appliance, received_at desc)',
      'create index quarantine_received on app.quarantine (received_at)',
    ],
  },
  {
    name: 'ingest/003-sealed-quarantine',
    // Whose key `payload` is sealed with. Rows from before have none and are plain; they go with the others of their age.
    statements: ['alter table app.quarantine add column subject uuid'],
  },
  {
    name: 'ingest/004-latest-by-broker',
    // Every connection ended with the process that made these rows.
    statements: [
      `alter table app.latest
         add column partition int not null default 0,
         add column broker text not null default ''`,
      'update app.latest set connected = false',
    ],
  },
  {
    name: 'ingest/rollup-due',
    statements: [
      `create table app.rollup_due (
         day bigint not null,
         appliance uuid not null,
         mark uuid not null default gen_random_uuid(),
         claimed_until bigint not null default 0,
         primary key (day, appliance))`,
      'create index rollup_due_appliance on app.rollup_due (appliance, day)',
    ],
  },
  replayTables,
  ledgerTables,
];
