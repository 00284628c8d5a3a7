// Who may say what: an appliance publishes on its own up-topics and hears its own down-topics. Everything else is denied.
import { type Id, parseDownTopic, parseUpTopic, UP_CHANNELS, type UpChannel } from '#contracts';

export type PublishVerdict = { allowed: true; channel: UpChannel } | { allowed: false; reason: string };

const ownTopics = (appliance: Id): string =>
  UP_CHANNELS.map((channel) => `v1/appliances/${appliance}/${channel}`).join(', ');

export function mayPublish(appliance: Id, topic: string): PublishVerdict {
  const parsed = parseUpTopic(topic);
  if (parsed?.appliance === appliance) return { allowed: true, channel: parsed.channel };
  return {
    allowed: false,
    reason: `You may not publish on "${topic.slice(0, 120)}". Your topics are: ${ownTopics(appliance)}.`,
  };
}

/** Exact filters only: no wildcards, no shared subscriptions, no other appliance. */
export const maySubscribe = (appliance: Id, filter: string): boolean => parseDownTopic(filter)?.appliance === appliance;
