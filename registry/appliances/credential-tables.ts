// What speaks for appliances: their credentials, gateways, and the keys of first contact.
import type { Migration } from '#runtime';

export const credentialTables: readonly Migration[] = [
  {
    name: 'registry/020-credentials',
    statements: [
      // The holder is an appliance or a gateway. Gone is gone: what was revoked stands in the audit log alone.
      `create table app.credential (
         id uuid primary key,
         holder uuid not null,
         kind text not null check (kind in ('secret', 'certificate')),
         proof text not null,
         created_at bigint not null,
         ends_at bigint,
         used_at bigint)`,
      'create index credential_holder on app.credential (holder)',
      "create unique index credential_certificate on app.credential (proof) where kind = 'certificate'",
      `insert into app.credential (id, holder, kind, proof, created_at)
         select gen_random_uuid(), appliance, 'secret', secret_hmac, created_at from app.appliance_secret`,
      // Whether an appliance may still get its first credential by a provisioning key. No row: it never had one.
      `create table app.first_contact (
         appliance uuid primary key references app.appliance on delete cascade,
         open boolean not null,
         provisioning_key uuid,
         nonce_hash text)`,
      'insert into app.first_contact (appliance, open) select distinct appliance, false from app.appliance_secret',
      'drop table app.appliance_secret',
      `create table app.gateway (
         id uuid primary key,
         organisation uuid not null references app.organisation,
         household uuid references app.household,
         serial text,
         created_at bigint not null)`,
      'create index gateway_organisation on app.gateway (organisation, id)',
      'create index gateway_household on app.gateway (household, id)',
      `create table app.gateway_appliance (
         appliance uuid primary key references app.appliance on delete cascade,
         gateway uuid not null references app.gateway on delete cascade,
         since bigint not null)`,
      'create index gateway_appliance_gateway on app.gateway_appliance (gateway, appliance)',
      `create table app.provisioning_key (
         id uuid primary key,
         organisation uuid not null references app.organisation,
         model text not null,
         batch text,
         serials jsonb,
         most integer not null,
         made integer not null default 0,
         per_minute integer not null,
         window_at bigint not null default 0,
         window_count integer not null default 0,
         secret_hmac text not null,
         created_at bigint not null,
         ends_at bigint not null)`,
      'create index provisioning_key_organisation on app.provisioning_key (organisation, id)',
    ],
  },
];
