import type { Migration } from '#runtime';

export const cohortTables: Migration = {
  name: 'diagnosis-rules/006-cohort',
  statements: [
    // Levels are of the machine, whoever's household it stands in.
    `create table app.appliance_usual (
       appliance uuid primary key,
       model text not null,
       levels jsonb not null,
       at bigint not null)`,
    'create index appliance_usual_model on app.appliance_usual (model)',
    // Append only: what was known at a time can be told.
    `create table app.cohort (
       model text not null,
       at bigint not null,
       appliances int not null,
       usual jsonb not null,
       primary key (model, at))`,
    'create table app.cohort_round (id int primary key check (id = 1), next_at bigint not null)',
    'insert into app.cohort_round (id, next_at) values (1, 0)',
  ],
};
