// Making, editing and removing endpoints. Each is audited; addresses are judged before they are kept.
import {
  type CreatedWebhook,
  type Id,
  iso,
  type NewWebhook,
  newId,
  type WebhookDelivery,
  type WebhookEdit,
  type WebhookEvent,
} from '#contracts';
import { type Action, actorOf, audit, may, NOBODYS, openSealed, seal, type Viewer } from '#registry';
import { HOUR, PlatformError, type Sql } from '#runtime';
import { notFound, problem } from '../problems.ts';
import { addDelivery, deliveryById } from './deliveries.ts';
import type { WebhooksDeps } from './deps.ts';
import { wordsOf } from './reasons.ts';
import { subjectOf, type WebhookRecord, webhookById, webhookView } from './records.ts';
import { issueSecret } from './secrets.ts';
import { keepWhatIsHeard, switchOff, switchOn } from './switch.ts';

const MOST_PER_OWNER = 20;

const LISTS: Record<string, Action> = { appliance: 'list-appliances', alert: 'list-alerts', case: 'list-cases' };

type Asked = Pick<WebhooksDeps, 'sql' | 'clock' | 'webhookSender'>;
export type Owner = { organisation: Id } | { household: Id };

export async function createWebhook(
  deps: Asked,
  { viewer, owner, body }: { viewer: Viewer; owner: Owner; body: NewWebhook },
): Promise<CreatedWebhook> {
  const { sql, clock, webhookSender } = deps;
  mustMayHear(viewer, body.events);
  await mustBeGood(webhookSender, body.url);
  const now = clock.now();
  const given = { organisation: null, household: null, ...owner };
  const id = newId();
  const secret = await sql.transaction(async (tx) => {
    await mustHaveRoom(tx, given);
    const subject = subjectOf({ ...given, person: viewer.person });
    await tx.query(
      `insert into app.webhook (id, organisation, household, person, url_sealed, description_sealed, events, created_at)
       values ($1, $2, $3, $4, $5, $6, $7, $8)`,
      [
        id,
        given.organisation,
        given.household,
        viewer.person,
        await seal(tx, subject, body.url),
        await seal(tx, subject, body.description),
        JSON.stringify([...new Set(body.events)]),
        now,
      ],
    );
    const issued = await issueSecret(tx, { ...given, id, person: viewer.person }, { now, othersEndAt: now });
    await keepWhatIsHeard(tx);
    await noted(tx, 'webhook.created', { viewer, webhook: { ...given, id }, now, detail: { events: body.events } });
    return issued;
  });
  return { ...(await webhookView(sql, await existing(sql, id))), secret };
}

export async function editWebhook(
  { sql, clock, webhookSender }: Asked,
  { id, viewer, edit }: { id: Id; viewer: Viewer; edit: WebhookEdit },
): Promise<void> {
  if (edit.events) mustMayHear(viewer, edit.events);
  if (edit.url !== undefined) await mustBeGood(webhookSender, edit.url);
  const now = clock.now();
  await sql.transaction(async (tx) => {
    const webhook = await readable(tx, id);
    const subject = subjectOf(webhook);
    await tx.query(
      `update app.webhook set url_sealed = coalesce($2, url_sealed), description_sealed = coalesce($3, description_sealed),
              events = coalesce($4::jsonb, events), rest_until = 0 where id = $1`,
      [
        id,
        edit.url === undefined ? null : await seal(tx, subject, edit.url),
        edit.description === undefined ? null : await seal(tx, subject, edit.description),
        edit.events === undefined ? null : JSON.stringify([...new Set(edit.events)]),
      ],
    );
    if (edit.enabled === true) await switchOn(tx, id);
    if (edit.enabled === false && webhook.enabled) await switchOff(tx, id, 'by-request', now);
    await noted(tx, 'webhook.edited', { viewer, webhook, now, detail: { fields: Object.keys(edit) } });
  });
}

export async function removeWebhook({ sql, clock }: Asked, { id, viewer }: { id: Id; viewer: Viewer }): Promise<void> {
  await sql.transaction(async (tx) => {
    const webhook = await existing(tx, id);
    await tx.query('delete from app.webhook where id = $1', [id]);
    await keepWhatIsHeard(tx);
    await noted(tx, 'webhook.removed', { viewer, webhook, now: clock.now() });
  });
}

/** The old secrets sign beside the new one for `overlapHours`, so that the other side can change over at leisure. */
export async function rotateSecret(
  { sql, clock }: Asked,
  { id, viewer, overlapHours }: { id: Id; viewer: Viewer; overlapHours: number },
): Promise<{ secret: string; oldUntil: string }> {
  const now = clock.now();
  const othersEndAt = now + overlapHours * HOUR;
  return sql.transaction(async (tx) => {
    const webhook = await readable(tx, id);
    const secret = await issueSecret(tx, webhook, { now, othersEndAt });
    await noted(tx, 'webhook.secret-rotated', { viewer, webhook, now, detail: { overlapHours } });
    return { secret, oldUntil: iso(othersEndAt) };
  });
}

/** A message of no consequence, to see whether one arrives; it is tried at once. */
export async function sendPing(
  { sql, clock }: Asked,
  { id, viewer }: { id: Id; viewer: Viewer },
): Promise<WebhookDelivery> {
  const now = clock.now();
  const delivery = await sql.transaction(async (tx) => {
    const webhook = await readable(tx, id);
    if (!webhook.enabled) {
      throw problem('wrong-state', 'This endpoint is switched off.', { hint: 'Switch it on first.' });
    }
    await tx.query('update app.webhook set rest_until = 0 where id = $1', [id]);
    await noted(tx, 'webhook.pinged', { viewer, webhook, now });
    return addDelivery(tx, { webhook: id, cause: newId(), type: 'ping', about: null, now });
  });
  return (await deliveryById(sql, delivery))!;
}

async function existing(sql: Sql, id: Id): Promise<WebhookRecord> {
  const found = await webhookById(sql, id);
  if (!found) throw notFound();
  return found;
}

/** What was sealed for somebody who was erased is gone, and nothing new is sealed for him. */
async function readable(sql: Sql, id: Id): Promise<WebhookRecord> {
  const found = await existing(sql, id);
  if ((await openSealed(sql, subjectOf(found), found.urlSealed)) !== null) return found;
  throw problem('wrong-state', 'The person who made this endpoint was erased, and its address with him.', {
    hint: 'Remove it and make a new one.',
  });
}

/** A key that may not read a thing must not have it sent either. */
function mustMayHear(viewer: Viewer, events: readonly WebhookEvent[]): void {
  const denied = events.find((event) => !may(viewer, LISTS[event.split('.')[0]!]!, NOBODYS));
  if (denied === undefined) return;
  throw problem('not-allowed', `You may not be told of "${denied}".`, {
    hint: 'An API key needs the scope that reads these things, too.',
  });
}

async function mustBeGood(sender: WebhooksDeps['webhookSender'], url: string): Promise<void> {
  const refusal = await sender.refusal(url);
  if (refusal === null) return;
  throw new PlatformError('webhook-refused', 'reject', `Nothing may be sent to this address: ${refusal}.`, {
    hint: wordsOf(refusal).en,
  });
}

async function mustHaveRoom(tx: Sql, owner: { organisation: Id | null; household: Id | null }): Promise<void> {
  const [row] = await tx.query<{ count: number }>(
    'select count(*)::int as count from app.webhook where organisation = $1::uuid or household = $2::uuid',
    [owner.organisation, owner.household],
  );
  if (row!.count < MOST_PER_OWNER) return;
  throw problem('too-many-webhooks', `There are ${MOST_PER_OWNER} endpoints already.`, { hint: 'Remove one first.' });
}

type Noted = {
  viewer: Viewer;
  webhook: Pick<WebhookRecord, 'id' | 'organisation' | 'household'>;
  now: number;
  detail?: Record<string, number | readonly string[]>;
};

const noted = (tx: Sql, action: string, { viewer, webhook, now, detail = {} }: Noted): Promise<void> =>
  audit(tx, {
    now,
    by: actorOf(viewer),
    action,
    object: { kind: 'webhook', id: webhook.id },
    organisation: webhook.organisation,
    detail: webhook.household === null ? detail : { ...detail, household: webhook.household },
  });
