// Bodies of the webhook routes, and of the messages that webhooks carry.
import { z } from 'zod';
import { Iso } from './http.ts';
import { Id } from './ids.ts';
import { Phrase } from './phrase.ts';

/** What an endpoint can ask to be told. `data` of a message is what GET answers about that thing. */
export const WebhookEvent = z.enum([
  'appliance.changed',
  'alert.opened',
  'alert.changed',
  'alert.closed',
  'case.opened',
  'case.changed',
  'case.closed',
]);
export type WebhookEvent = z.infer<typeof WebhookEvent>;

/** Why a message did not arrive, or an endpoint was switched off. */
export const WebhookReason = z.enum([
  'not-https',
  'credentials-in-url',
  'forbidden-port',
  'forbidden-address',
  'unknown-host',
  'not-reachable',
  'timed-out',
  'tls-not-trusted',
  'redirect-not-followed',
  'answered-with-error',
  'gone',
  'gave-up',
  'not-visible',
  'endpoint-off',
  'owner-gone',
  'by-request',
  'our-fault',
]);
export type WebhookReason = z.infer<typeof WebhookReason>;

const ReasonView = z.object({ code: WebhookReason, text: Phrase });

export const Webhook = z
  .object({
    id: Id,
    url: z.string(),
    description: z.string(),
    events: z.array(WebhookEvent),
    /** Whose things it tells of: an organisation's or a household's. */
    organisation: Id.nullable(),
    household: Id.nullable(),
    enabled: z.boolean(),
    /** Why it is off. */
    reason: ReasonView.nullable(),
    createdAt: Iso,
    /** When a message last arrived. */
    arrivedAt: Iso.nullable(),
  })
  .meta({ id: 'Webhook' });
export type Webhook = z.infer<typeof Webhook>;

const url = z.url().max(2_000);
const description = z.string().max(200);
const events = z.array(WebhookEvent).min(1).max(WebhookEvent.options.length);

export const NewWebhook = z.object({
  url,
  description: description.default(''),
  events,
  /** Owners: the household whose things it tells of; with one household it need not be named. */
  household: Id.optional(),
});
export type NewWebhook = z.infer<typeof NewWebhook>;

export const WebhookEdit = z.object({ url, description, events, enabled: z.boolean() }).partial();
export type WebhookEdit = z.infer<typeof WebhookEdit>;

/** The secret is shown this once. */
export const CreatedWebhook = Webhook.extend({ secret: z.string() }).meta({ id: 'CreatedWebhook' });
export type CreatedWebhook = z.infer<typeof CreatedWebhook>;

/** `overlapHours`: how long messages are signed with the old secret too. */
export const RotateWebhookSecret = z.object({ overlapHours: z.number().int().min(0).max(168).default(24) });
export const WebhookSecret = z.object({ secret: z.string(), oldUntil: Iso }).meta({ id: 'WebhookSecret' });

export const WebhookDeliveryState = z.enum(['waiting', 'delivered', 'failed', 'dropped']);
export type WebhookDeliveryState = z.infer<typeof WebhookDeliveryState>;

export const WebhookDelivery = z
  .object({
    /** The header webhook-id: the same on every try. */
    id: z.string(),
    type: z.union([WebhookEvent, z.literal('ping')]),
    /** What it tells of; null for a ping. */
    object: Id.nullable(),
    state: WebhookDeliveryState,
    attempts: z.number().int(),
    /** What the endpoint answered last. */
    status: z.number().int().nullable(),
    reason: ReasonView.nullable(),
    createdAt: Iso,
    triedAt: Iso.nullable(),
    nextTryAt: Iso.nullable(),
  })
  .meta({ id: 'WebhookDelivery' });
export type WebhookDelivery = z.infer<typeof WebhookDelivery>;
