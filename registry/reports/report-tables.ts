// What people say of appliances, and whether appliances are expected to say something.
import type { Migration } from '#runtime';

export const reportTables: Migration = {
  name: 'registry/060-reports',
  statements: [
    // Codes are kept for good, as everything that diagnosis heard; the words are sealed, and forgotten.
    `create table app.appliance_report (
       id uuid primary key,
       appliance uuid not null references app.appliance on delete cascade,
       household uuid,
       by uuid not null,
       at bigint not null,
       codes jsonb not null,
       words_key uuid,
       words_sealed text)`,
    'create index appliance_report_newest on app.appliance_report (appliance, at desc, id desc)',
    'create index appliance_report_words on app.appliance_report (words_key) where words_sealed is not null',
    'create index appliance_report_by on app.appliance_report (by, at desc, id desc)',
    // Append only: the newest word counts.
    `create table app.appliance_presence (
       position bigint generated always as identity primary key,
       appliance uuid not null references app.appliance on delete cascade,
       at bigint not null,
       rests_until bigint,
       by uuid not null)`,
    'create index appliance_presence_newest on app.appliance_presence (appliance, position desc)',
  ],
};
