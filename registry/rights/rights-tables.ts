// Rights of people: what was erased, what they consented to, and how long things are kept.
import type { Migration } from '#runtime';

export const rightsTables: readonly Migration[] = [
  {
    name: 'registry/040-rights',
    statements: [
      // What is left to do after an erasure: the bytes of the keys must leave the disk too.
      `create table app.erasure (
         person uuid primary key,
         at bigint not null,
         finished_at bigint)`,
      'create index erasure_unfinished on app.erasure (at) where finished_at is null',
      // Append only: the newest word on a purpose counts.
      `create table app.consent (
         position bigint generated always as identity primary key,
         person uuid not null,
         purpose text not null,
         version int not null,
         language text not null,
         given boolean not null,
         at bigint not null)`,
      'create index consent_person on app.consent (person, purpose, position)',
      // Only what somebody changed; what has no row is kept as long as the code says.
      'create table app.retention (what text primary key, days int not null, changed_at bigint not null)',
    ],
  },
];
