// The tables of webhooks: who wants to be told, with which secrets, what was last told, and each message on its way.
import type { Migration } from '#runtime';

export const webhookTables: Migration = {
  name: 'api/002-webhooks',
  statements: [
    `create table app.webhook (
       id uuid primary key,
       organisation uuid,
       household uuid,
       -- Who made it. What a household's endpoint may be told is what this person may see.
       person uuid not null,
       url_sealed text not null,
       description_sealed text not null,
       events jsonb not null,
       enabled boolean not null default true,
       reason text,
       created_at bigint not null,
       arrived_at bigint,
       tried_at bigint not null default 0,
       failures int not null default 0,
       rest_until bigint not null default 0,
       busy_until bigint not null default 0,
       check ((organisation is null) <> (household is null)))`,
    'create index webhook_organisation on app.webhook (organisation, id)',
    'create index webhook_household on app.webhook (household, id)',
    'create index webhook_person on app.webhook (person)',
    `create table app.webhook_secret (
       webhook uuid not null references app.webhook on delete cascade,
       secret_sealed text not null,
       created_at bigint not null,
       ends_at bigint,
       primary key (webhook, secret_sealed))`,
    // Announcements say that something changed; this says from what, as the endpoint last heard.
    `create table app.webhook_heard (
       webhook uuid not null references app.webhook on delete cascade,
       what text not null,
       object uuid not null,
       phase text not null,
       heard_at bigint not null,
       primary key (webhook, what, object))`,
    "create index webhook_heard_over on app.webhook_heard (heard_at) where phase = 'closed'",
    `create table app.webhook_delivery (
       id uuid primary key,
       position bigint generated always as identity,
       webhook uuid not null references app.webhook on delete cascade,
       type text not null,
       what text,
       object uuid,
       state text not null default 'waiting',
       attempts int not null default 0,
       status int,
       reason text,
       created_at bigint not null,
       tried_at bigint,
       next_try_at bigint not null,
       settled_at bigint)`,
    "create index webhook_delivery_waiting on app.webhook_delivery (webhook, position) where state = 'waiting'",
    'create index webhook_delivery_newest on app.webhook_delivery (webhook, position)',
    "create index webhook_delivery_settled on app.webhook_delivery (settled_at) where state <> 'waiting'",
  ],
};
