// What was asked of appliances, and what came of it.
import type { Migration } from '#runtime';

export const commandTables: Migration = {
  name: 'registry/050-commands',
  statements: [
    // `household` is the one that it was asked for: what changes hands afterwards does not carry it out.
    `create table app.command (
       id uuid primary key,
       appliance uuid not null references app.appliance on delete cascade,
       household uuid,
       model text not null,
       kind text not null,
       parameters jsonb not null,
       state text not null,
       asked_by uuid not null,
       asked_at bigint not null,
       expires_at bigint not null,
       broker text,
       sent_at bigint,
       answered_at bigint,
       result jsonb)`,
    'create index command_appliance on app.command (appliance, asked_at desc, id desc)',
    'create index command_asker on app.command (asked_by, asked_at desc, id desc)',
    'create index command_asked on app.command (asked_at)',
    "create index command_waiting on app.command (appliance) where state in ('queued', 'sent')",
    "create index command_open on app.command (expires_at) where state in ('unconfirmed', 'queued', 'sent')",
  ],
};
