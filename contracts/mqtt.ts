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
  code: z.enum(['rejected-message', 'rejected-readings', 'packet-too-large', 'server-time']),
  /** Server time, epoch ms. */
  at: z.number(),
  /** What is wrong and what to do, for a device developer. */
  reason: z.string(),
  seq: z.number().optional(),
});
export type Notice = z.infer<typeof Notice>;
