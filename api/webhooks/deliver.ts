// Sends messages: claim, look, sign, send, mark. One message of an endpoint is under way at a time, so that its order holds and
// a slow one keeps only itself waiting. No transaction is open meanwhile: a crash in between sends again, under the same id.
import { iso, type WebhookReason } from '#contracts';
import { audit, openSealed } from '#registry';
import { messageOf, SECOND, type Sql, step } from '#runtime';
import { DELIVERY_LIFE, type DeliveryEvent, missedBecause, nextTryAt, restMs } from './attempts.ts';
import { DELIVERY_COLUMNS, type DeliveryRecord } from './deliveries.ts';
import type { WebhooksDeps } from './deps.ts';
import { seenBy } from './news.ts';
import { subjectOf, viewerOfWebhook, WEBHOOK_COLUMNS, type WebhookRecord } from './records.ts';
import { messageId, secretsOf, signedHeaders } from './secrets.ts';
import { switchOff } from './switch.ts';

/** Longer than a call may last; after it, the message of a sender that died is sent by another. */
const CLAIM_MS = 30 * SECOND;
const AT_ONCE = 8;
const MOST_PER_SWEEP = 500;

type Claimed = { webhook: WebhookRecord; delivery: DeliveryRecord };

/** Sends what is due, to several endpoints at once. Returns how many messages were tried. */
export async function deliverDue(deps: WebhooksDeps, signal: AbortSignal): Promise<number> {
  let tried = 0;
  const lanes: Promise<void>[] = [];
  const lane = async (): Promise<void> => {
    while (tried < MOST_PER_SWEEP && !signal.aborted) {
      const claimed = await claim(deps.sql, deps.clock.now());
      if (claimed === null) return;
      if (claimed === 'taken') continue;
      tried++;
      if (lanes.length < AT_ONCE) lanes.push(lane());
      await deliver(deps, claimed, signal);
    }
  };
  lanes.push(lane());
  const failed: unknown[] = [];
  for (const running of lanes) await running.catch((error: unknown) => failed.push(error));
  if (failed.length > 0) throw failed[0];
  if (tried > 0) await wakeForNext(deps);
  return tried;
}

/** The first that is due and that nothing older about the same thing waits before. */
const DUE = `select d.id from app.webhook_delivery d
  where d.webhook = w.id and d.state = 'waiting' and d.next_try_at <= $1
    and not exists (select 1 from app.webhook_delivery e
      where e.webhook = d.webhook and e.state = 'waiting' and e.what = d.what and e.object = d.object
        and e.position < d.position)
  order by d.position limit 1`;

/** Endpoints take turns. `taken`: another sender was there first; look again. */
async function claim(sql: Sql, now: number): Promise<Claimed | 'taken' | null> {
  return sql.transaction(async (tx) => {
    const [webhook] = await tx.query<WebhookRecord>(
      `select ${WEBHOOK_COLUMNS} from app.webhook w
        where w.enabled and w.busy_until <= $1 and w.rest_until <= $1 and exists (${DUE})
        order by w.tried_at, w.id limit 1 for update of w skip locked`,
      [now],
    );
    if (!webhook) return null;
    // Only now that the endpoint is held is what waits for it certain.
    const [delivery] = await tx.query<DeliveryRecord>(
      `update app.webhook_delivery d set attempts = d.attempts + 1, tried_at = $1
        where d.id = (select due.id from app.webhook w cross join lateral (${DUE}) due where w.id = $2)
       returning ${DELIVERY_COLUMNS}`,
      [now, webhook.id],
    );
    if (!delivery) return 'taken';
    await tx.query('update app.webhook set busy_until = $2, tried_at = $3 where id = $1', [
      webhook.id,
      now + CLAIM_MS,
      now,
    ]);
    return { webhook, delivery };
  });
}

type Outcome = { event: 'arrived' | 'missed' | 'dropped'; status: number | null; reason: WebhookReason | null };

async function deliver(deps: WebhooksDeps, claimed: Claimed, signal: AbortSignal): Promise<void> {
  const outcome = await sendOne(deps, claimed, signal).catch((error: unknown): Outcome => {
    deps.logger.error(
      { delivery: claimed.delivery.id, error: messageOf(error) },
      'a webhook message could not be made',
    );
    return { event: 'missed', status: null, reason: 'our-fault' };
  });
  // Whoever starts next sends it again; that it was cut short says nothing about the other side.
  if (signal.aborted && outcome.event === 'missed') return;
  const now = deps.clock.now();
  await deps.sql.transaction((tx) => mark(tx, claimed, outcome, now));
  if (outcome.event === 'missed') {
    const { id, webhook, attempts } = claimed.delivery;
    deps.logger.info({ delivery: id, webhook, attempts, reason: outcome.reason }, 'a webhook message did not arrive');
  }
}

const dropped = (reason: WebhookReason): Outcome => ({ event: 'dropped', status: null, reason });

async function sendOne(deps: WebhooksDeps, { webhook, delivery }: Claimed, signal: AbortSignal): Promise<Outcome> {
  const { sql, clock, webhookSender } = deps;
  const viewer = await viewerOfWebhook(sql, webhook, clock.now());
  const url = await openSealed(sql, subjectOf(webhook), webhook.urlSealed);
  const secrets = await secretsOf(sql, webhook, clock.now());
  if (!viewer || url === null || secrets.length === 0) return dropped('owner-gone');
  const { type, what, object } = delivery;
  const data = what === null || object === null ? {} : await seenBy(deps, viewer, what, object);
  if (data === null) return dropped('not-visible');
  const body = JSON.stringify({ type, timestamp: iso(delivery.createdAt), data });
  const headers = signedHeaders(secrets, { id: messageId(delivery.id), body, now: clock.now() });
  const answer = await webhookSender.post({ url, headers, body, signal });
  const reason = missedBecause(answer);
  return { event: reason === null ? 'arrived' : 'missed', status: 'status' in answer ? answer.status : null, reason };
}

async function mark(tx: Sql, { webhook, delivery }: Claimed, outcome: Outcome, now: number): Promise<void> {
  const missed = outcome.event === 'missed';
  const next = missed && outcome.reason !== 'gone' ? nextTryAt(delivery.attempts, delivery.createdAt, now) : null;
  const event: DeliveryEvent = missed && next === null ? 'given-up' : outcome.event;
  const state = step(DELIVERY_LIFE, 'message', 'waiting', event);
  // Marked only while it still waits: the endpoint may have been switched off meanwhile.
  await tx.query(
    `update app.webhook_delivery set state = $2, status = $3, reason = $4, next_try_at = $5, settled_at = $6
      where id = $1 and state = 'waiting'`,
    [delivery.id, state, outcome.status, outcome.reason, next ?? now, state === 'waiting' ? null : now],
  );
  await tx.query(
    `update app.webhook set busy_until = 0, failures = $2, rest_until = $3, arrived_at = coalesce($4, arrived_at)
      where id = $1`,
    [
      webhook.id,
      missed ? webhook.failures + 1 : 0,
      missed ? now + restMs(webhook.failures + 1) : 0,
      outcome.event === 'arrived' ? now : null,
    ],
  );
  const off = offBecause(webhook, delivery, outcome, event);
  if (off === null) return;
  await switchOff(tx, webhook.id, off, now);
  await audit(tx, {
    now,
    by: 'platform',
    action: 'webhook.switched-off',
    object: { kind: 'webhook', id: webhook.id },
    organisation: webhook.organisation,
    detail: { reason: off },
  });
}

/** One message that never arrives is its own matter; the endpoint is given up when nothing arrived since. */
function offBecause(
  webhook: WebhookRecord,
  delivery: DeliveryRecord,
  outcome: Outcome,
  event: DeliveryEvent,
): WebhookReason | null {
  if (outcome.reason === 'gone' || outcome.reason === 'owner-gone') return outcome.reason;
  const nothingSince = webhook.arrivedAt === null || webhook.arrivedAt < delivery.createdAt;
  return event === 'given-up' && nothingSince && outcome.reason !== 'our-fault' ? 'gave-up' : null;
}

/** The queue wakes the sweep for the next try; the periodic sweep stands behind it. */
async function wakeForNext({ sql, clock, jobs }: WebhooksDeps): Promise<void> {
  const [row] = await sql.query<{ at: number | null }>(
    `select min(greatest(d.next_try_at, w.rest_until, w.busy_until)) as at
       from app.webhook_delivery d join app.webhook w on w.id = d.webhook where d.state = 'waiting' and w.enabled`,
  );
  const at = row?.at ?? null;
  if (at !== null) await jobs.wake('webhooks', Math.max(0, at - clock.now()));
}
