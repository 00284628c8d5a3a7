// Down to a connection, if it has subscribed: written to it directly, and only on topics of its own.
import type { Client } from 'aedes';
import { gatewayNoticesTopic, gatewayTopic, type Id, noticesTopic } from '#contracts';
import type { Principal } from '#registry';
import type { Session } from './sessions.ts';

/** False when the connection is over or has not subscribed to notices for `id`: the appliance, or the gateway itself. */
export function sendNotice({ client, principal }: Session, id: Id, payload: Buffer): boolean {
  const topic = noticesTopicFor(principal, id);
  const qos = client.closed ? undefined : noticesQos(client, principal, topic);
  if (qos === undefined) return false;
  sendTo(client, topic, payload, qos);
  return true;
}

function noticesTopicFor({ kind, id: speaker }: Principal, id: Id): string {
  if (kind !== 'gateway') return noticesTopic(id);
  return speaker === id
    ? gatewayNoticesTopic(id)
    : gatewayTopic({ gateway: speaker, appliance: id, channel: 'notices' });
}

/** What was granted for exactly this filter. */
export const grantedOn = (client: Client, topic: string): { qos: number } | undefined =>
  (client as Client & { subscriptions: Record<string, { qos: number } | undefined> }).subscriptions[topic];

function noticesQos(client: Client, { kind, id }: Principal, topic: string): number | undefined {
  const granted = grantedOn(client, topic)?.qos;
  if (granted !== undefined || kind !== 'gateway') return granted;
  return topic === gatewayNoticesTopic(id) ? undefined : grantedOn(client, gatewayFilter(id, 'notices'))?.qos;
}

/** What a gateway subscribes to for all that stands behind it. */
export const gatewayFilter = (gateway: Id, channel: 'commands' | 'notices'): string =>
  gatewayTopic({ gateway, appliance: '+', channel });

const unanswered = new WeakMap<Client, number>();

/** With QoS 1 it is sent once on this connection, and an acknowledgement is expected. */
export function sendTo(client: Client, topic: string, payload: Buffer, qos = 0): void {
  if (qos > 0) unanswered.set(client, (unanswered.get(client) ?? 0) + 1);
  client.publish({ cmd: 'publish', topic, payload, qos: qos > 0 ? 1 : 0, retain: false, dup: false }, () => {});
}

/** Takes one acknowledgement; false when everything that was sent has one already. */
export function acknowledged(client: Client): boolean {
  const left = (unanswered.get(client) ?? 0) - 1;
  if (left >= 0) unanswered.set(client, left);
  return left >= 0;
}
