import type { Migration } from '#runtime';

export const exportTables: Migration = {
  name: 'api/004-exports',
  statements: [
    // The files themselves stand in the data folder, sealed with a key of the person who asked.
    `create table app.export (
       id uuid primary key,
       person uuid not null,
       -- Null: about the person himself.
       appliance uuid,
       format text not null,
       state text not null default 'waiting',
       files jsonb not null default '[]',
       asked_at bigint not null,
       claimed_until bigint not null default 0,
       attempts int not null default 0,
       settled_at bigint)`,
    'create index export_person on app.export (person, asked_at desc, id desc)',
    "create index export_waiting on app.export (asked_at) where state = 'waiting'",
  ],
};
