// Who may say and hear what: an appliance its own topics, a gateway those of the appliances behind it, a unit with a
// provisioning key a request and its answer. Everything else is denied.
import {
  gatewayNoticesTopic,
  type Id,
  PROVISIONING_REQUEST_TOPIC,
  parseDownTopic,
  parseGatewayTopic,
  parseResultTopic,
  parseUpTopic,
  provisioningAnswerTopic,
  UP_CHANNELS,
  type UpChannel,
} from '#contracts';
import type { Principal } from '#registry';

export type PublishVerdict =
  /** With `command` it is the answer to that command. */
  | { allowed: true; what: 'message'; appliance: Id; model: string; channel: UpChannel | 'commands'; command?: Id }
  | { allowed: true; what: 'first-contact' }
  | { allowed: false; reason: string };

const isUp = (channel: string): channel is UpChannel => (UP_CHANNELS as readonly string[]).includes(channel);

const ownTopics = (principal: Principal): string => {
  if (principal.kind === 'provisioning') return PROVISIONING_REQUEST_TOPIC;
  const root =
    principal.kind === 'appliance' ? `appliances/${principal.id}` : `gateways/${principal.id}/appliances/{id}`;
  return [...UP_CHANNELS, 'commands/{command}/result'].map((channel) => `v1/${root}/${channel}`).join(', ');
};

function spokenFor(principal: Principal, topic: string): PublishVerdict | null {
  switch (principal.kind) {
    case 'appliance': {
      const parsed = parseUpTopic(topic);
      if (parsed === null) return answered(principal, topic);
      if (parsed.appliance !== principal.id) return null;
      return { allowed: true, what: 'message', ...parsed, model: principal.model };
    }
    case 'gateway': {
      const parsed = parseGatewayTopic(topic);
      if (parsed === null) return answered(principal, topic);
      const model = parsed?.gateway === principal.id ? principal.behind.get(parsed.appliance) : undefined;
      if (model === undefined || !isUp(parsed.channel)) return null;
      return { allowed: true, what: 'message', appliance: parsed.appliance, channel: parsed.channel, model };
    }
    case 'provisioning':
      return topic === PROVISIONING_REQUEST_TOPIC ? { allowed: true, what: 'first-contact' } : null;
  }
}

function answered(principal: Principal, topic: string): PublishVerdict | null {
  const parsed = parseResultTopic(topic);
  if (!parsed) return null;
  const { gateway, appliance, command } = parsed;
  if (gateway !== (principal.kind === 'gateway' ? principal.id : null)) return null;
  const model = modelOf(principal, appliance);
  return model === undefined
    ? null
    : { allowed: true, what: 'message', appliance, model, channel: 'commands', command };
}

function modelOf(principal: Principal, appliance: Id): string | undefined {
  switch (principal.kind) {
    case 'appliance':
      return principal.id === appliance ? principal.model : undefined;
    case 'gateway':
      return principal.behind.get(appliance);
    case 'provisioning':
      return undefined;
  }
}

export function mayPublish(principal: Principal, topic: string): PublishVerdict {
  const behind = principal.kind === 'gateway' ? ', for each appliance that stands behind you' : '';
  return (
    spokenFor(principal, topic) ?? {
      allowed: false,
      reason: `You may not publish on "${topic.slice(0, 120)}". Your topics are: ${ownTopics(principal)}${behind}.`,
    }
  );
}

/**
 * Exact filters only: no wildcards, no shared subscriptions, nobody else's. The one exception is a gateway's own filter
 * for all appliances behind it, which matches nothing that is not its own.
 */
export function maySubscribe(principal: Principal, clientId: string, filter: string): boolean {
  switch (principal.kind) {
    case 'appliance':
      return parseDownTopic(filter)?.appliance === principal.id;
    case 'gateway': {
      if (filter === gatewayNoticesTopic(principal.id)) return true;
      const parsed = parseGatewayTopic(filter);
      if (parsed?.gateway !== principal.id || isUp(parsed.channel)) return false;
      return parsed.appliance === '+' || principal.behind.has(parsed.appliance);
    }
    case 'provisioning':
      return filter === provisioningAnswerTopic(clientId);
  }
}
