import type { Migration } from '#runtime';

export const replayTables: Migration = {
  name: 'ingest/005-replay',
  // `model`: as stamped; rows from before have none. `attempt`: how often it was asked for, part of the mark in the log.
  statements: [
    `alter table app.quarantine
       add column model text,
       add column state text not null default 'kept',
       add column replay uuid,
       add column attempt int not null default 0,
       add column claimed_until bigint not null default 0,
       add column replayed_at bigint`,
    "create index quarantine_waiting on app.quarantine (received_at, position) where state = 'waiting'",
    "create index quarantine_replayed on app.quarantine (replayed_at) where state = 'replayed'",
    'create index quarantine_replay on app.quarantine (replay) where replay is not null',
    `create table app.replay (
       id uuid primary key,
       asked_by text not null,
       asked_at bigint not null,
       total int not null)`,
  ],
};
