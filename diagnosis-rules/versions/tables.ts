import type { Migration } from '#runtime';

export const versionTables: Migration = {
  name: 'diagnosis-rules/004-rule-version',
  statements: [
    `create table app.rule_version (
       rule text not null,
       version int not null,
       kind text not null,
       title jsonb not null,
       text text not null,
       sha256 text not null,
       state text not null check (state in ('draft', 'trial', 'live', 'retired')),
       source text not null check (source in ('shipped', 'written', 'imported')),
       note text not null,
       author uuid,
       reviewed_by text,
       made_at bigint not null,
       state_changed_at bigint not null,
       primary key (rule, version))`,
    "create unique index rule_version_live on app.rule_version (rule) where state = 'live'",
    "create unique index rule_version_trial on app.rule_version (rule) where state = 'trial'",
    `create table app.rule_move (
       position bigint generated always as identity primary key,
       rule text not null,
       version int not null,
       at bigint not null,
       move text not null,
       state text not null,
       by uuid,
       note text not null)`,
    'create index rule_move_rule on app.rule_move (rule, position)',
    // What is judged changed as often as `changes` says; the log has heard of the first `heard` of them.
    `create table app.rule_publication (
       rule text primary key,
       changes int not null,
       heard int not null default 0,
       claimed_until bigint not null default 0)`,
    'create index finding_problem on app.finding (problem)',
  ],
};
