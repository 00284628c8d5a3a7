// Messages as rows: one per endpoint and event, each on its way until it arrived or was given up.
import {
  type Change,
  type Id,
  idOf,
  iso,
  isoOrNull,
  type WebhookDelivery,
  type WebhookDeliveryState,
  type WebhookReason,
} from '#contracts';
import type { Sql } from '#runtime';
import { reasonView } from './reasons.ts';
import { messageId } from './secrets.ts';

export type DeliveryRecord = {
  id: Id;
  webhook: Id;
  type: WebhookDelivery['type'];
  what: Exclude<Change['what'], 'readings'> | null;
  object: Id | null;
  state: WebhookDeliveryState;
  attempts: number;
  status: number | null;
  reason: WebhookReason | null;
  createdAt: number;
  triedAt: number | null;
  nextTryAt: number;
};

export const DELIVERY_COLUMNS = `d.id, d.webhook, d.type, d.what, d.object, d.state, d.attempts, d.status, d.reason,
  d.created_at as "createdAt", d.tried_at as "triedAt", d.next_try_at as "nextTryAt"`;

type NewDelivery = {
  webhook: Id;
  /** What caused it: the same cause makes the same message, however often it is looked at. */
  cause: string;
  type: WebhookDelivery['type'];
  about: { what: NonNullable<DeliveryRecord['what']>; object: Id } | null;
  now: number;
};

/**
 * A change that a message not yet tried will show anyway makes no second one: what is sent is how the thing stands then.
 * A claim is committed before the thing is looked at, so a message without a try will look after this.
 */
export async function addDelivery(tx: Sql, { webhook, cause, type, about, now }: NewDelivery): Promise<Id> {
  const id = idOf('webhook-delivery', webhook, cause, type);
  await tx.query(
    `insert into app.webhook_delivery (id, webhook, type, what, object, created_at, next_try_at)
     select $1::uuid, $2::uuid, $3::text, $4::text, $5::uuid, $6::bigint, $6::bigint
      where not ($3::text like '%.changed' and exists (select 1 from app.webhook_delivery d
        where d.webhook = $2::uuid and d.what = $4::text and d.object = $5::uuid and d.state = 'waiting' and d.attempts = 0))
     on conflict (id) do nothing`,
    [id, webhook, type, about?.what ?? null, about?.object ?? null, now],
  );
  return id;
}

const SHOWN = 100;

/** The last hundred, newest first. */
export async function listDeliveries(sql: Sql, webhook: Id): Promise<WebhookDelivery[]> {
  const rows = await sql.query<DeliveryRecord>(
    `select ${DELIVERY_COLUMNS} from app.webhook_delivery d where d.webhook = $1 order by d.position desc limit ${SHOWN}`,
    [webhook],
  );
  return rows.map(deliveryView);
}

export async function deliveryById(sql: Sql, id: Id): Promise<WebhookDelivery | null> {
  const [row] = await sql.query<DeliveryRecord>(
    `select ${DELIVERY_COLUMNS} from app.webhook_delivery d where d.id = $1`,
    [id],
  );
  return row ? deliveryView(row) : null;
}

const deliveryView = (row: DeliveryRecord): WebhookDelivery => ({
  id: messageId(row.id),
  type: row.type,
  object: row.object,
  state: row.state,
  attempts: row.attempts,
  status: row.status,
  reason: reasonView(row.reason),
  createdAt: iso(row.createdAt),
  triedAt: isoOrNull(row.triedAt),
  nextTryAt: row.state === 'waiting' ? iso(row.nextTryAt) : null,
});

/** Settled ones are kept a while, so that their owner can look at them. */
export async function forgetDeliveries(sql: Sql, before: number): Promise<void> {
  await sql.query("delete from app.webhook_delivery where state <> 'waiting' and settled_at < $1", [before]);
  await sql.query("delete from app.webhook_heard where phase = 'closed' and heard_at < $1", [before]);
}
