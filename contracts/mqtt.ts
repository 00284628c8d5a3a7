// The MQTT door: topics and payloads. The device guide (docs/devices.md) says the same to device developers.
import { z } from 'zod';
import type { Id } from './ids.ts';

export const UP_CHANNELS = ['telemetry', 'events', 'state'] as const;
export type UpChannel = (typeof UP_CHANNELS)[number];

const UP_TOPIC = /^v1\/appliances\/([0-9a-f-]{36})\/(telemetry|events|state)$/;
const DOWN_TOPIC = /^v1\/appliances\/([0-9a-f-]{36})\/(commands|notices)$/;

/** `v1/appliances/{id}/{channel}` taken apart; null for any other topic. */
export function parseUpTopic(topic: string): { appliance: Id; channel: UpChannel } | null {
  const match = UP_TOPIC.exec(topic);
  return match ? { appliance: match[1]!, channel: match[2] as UpChannel } : null;
}

export function parseDownTopic(topic: string): { appliance: Id; channel: 'commands' | 'notices' } | null {
  const match = DOWN_TOPIC.exec(topic);
  return match ? { appliance: match[1]!, channel: match[2] as 'commands' | 'notices' } : null;
}

export const upTopic = (appliance: Id, channel: UpChannel): string => `v1/appliances/${appliance}/${channel}`;
export const noticesTopic = (appliance: Id): string => `v1/appliances/${appliance}/notices`;

const GATEWAY_TOPIC =
  /^v1\/gateways\/([0-9a-f-]{36})\/appliances\/([0-9a-f-]{36}|\+)\/(telemetry|events|state|commands|notices)$/;

/** What a gateway says or hears for an appliance behind it; `appliance` is '+' in a filter for all of them. */
export type GatewayTopic = { gateway: Id; appliance: Id | '+'; channel: UpChannel | 'commands' | 'notices' };

/** `v1/gateways/{gateway}/appliances/{appliance}/{channel}` taken apart; null for any other topic. */
export function parseGatewayTopic(topic: string): GatewayTopic | null {
  const match = GATEWAY_TOPIC.exec(topic);
  return match ? { gateway: match[1]!, appliance: match[2]!, channel: match[3] as GatewayTopic['channel'] } : null;
}

export const gatewayTopic = ({ gateway, appliance, channel }: GatewayTopic): string =>
  `v1/gateways/${gateway}/appliances/${appliance}/${channel}`;
/** What concerns the gateway itself. */
export const gatewayNoticesTopic = (gateway: Id): string => `v1/gateways/${gateway}/notices`;

/** The user name of a unit that has no credential yet, before the id of the provisioning key. */
export const PROVISIONING_USER = 'provisioning:';
export const PROVISIONING_REQUEST_TOPIC = 'v1/provisioning/request';
export const provisioningAnswerTopic = (clientId: string): string => `v1/provisioning/${clientId}/answer`;

const Printable = /^[\x21-\x7e]+$/;

/** A unit's first words. `nonce` is random and the unit's own: with it the unit may ask again when the answer was lost. */
export const ProvisioningRequest = z.object({
  serial: z.string().min(1).max(80).regex(Printable),
  model: z.string().min(1).max(80).optional(),
  nonce: z.string().min(16).max(200).regex(Printable),
});
export type ProvisioningRequest = z.infer<typeof ProvisioningRequest>;

export const ProvisioningRefusal = z.enum([
  'bad-request',
  'wrong-model',
  'unknown-serial',
  'already-provisioned',
  'key-exhausted',
  'key-over',
  'rate-limited',
]);
export type ProvisioningRefusal = z.infer<typeof ProvisioningRefusal>;

/** To the unit. With `error` there is no credential; `retryAfterMs` says when it makes sense to ask again. */
export const ProvisioningAnswer = z.union([
  z.object({
    nonce: z.string(),
    appliance: z.string(),
    secret: z.string(),
    mqtt: z.object({ host: z.string(), port: z.number(), tlsPort: z.number().nullable() }),
    /** Server time, epoch ms. */
    at: z.number(),
  }),
  z.object({
    nonce: z.string().nullable(),
    error: z.object({ code: ProvisioningRefusal, reason: z.string(), retryAfterMs: z.number().nullable() }),
    at: z.number(),
  }),
]);
export type ProvisioningAnswer = z.infer<typeof ProvisioningAnswer>;

/** One moment of an appliance: `at` is its own clock (epoch ms); without it the time of receipt stands. */
export const ReadingGroup = z.object({
  at: z.number().optional(),
  values: z.record(z.string(), z.unknown()),
});
/** `seq` counts the appliance's messages since its boot; it shows gaps and reboots. */
export const TelemetryPayload = z.object({
  seq: z.number().int().nonnegative().optional(),
  readings: z.array(ReadingGroup).min(1).max(10_000),
});
export type TelemetryPayload = z.infer<typeof TelemetryPayload>;

/** Down to the appliance: why something was not taken, or the server's time. */
export const Notice = z.object({
  code: z.enum(['rejected-message', 'rejected-readings', 'packet-too-large', 'slow-down', 'server-time']),
  /** Server time, epoch ms. */
  at: z.number(),
  /** What is wrong and what to do, for a device developer. */
  reason: z.string(),
  seq: z.number().optional(),
});
export type Notice = z.infer<typeof Notice>;
