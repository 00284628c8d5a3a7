// Tables of the HTTP door: what it remembers between requests.
import type { Migration } from '#runtime';
import { exportTables } from './exports/tables.ts';
import { webhookTables } from './webhooks/tables.ts';

export const apiTables: readonly Migration[] = [
  {
    name: 'api/001-idempotency',
    statements: [
      // `key_hmac` and `answer_sealed` can be read only with the key that the caller keeps and the platform's pepper.
      `create table app.idempotency (
         caller uuid not null,
         key_hmac text not null,
         fingerprint text not null,
         began_at bigint not null,
         status int,
         content_type text,
         answer_sealed text,
         primary key (caller, key_hmac))`,
      'create index idempotency_began on app.idempotency (began_at)',
      `create table app.edit_under_way (
         path text primary key,
         until bigint not null)`,
    ],
  },
  webhookTables,
  exportTables,
];
