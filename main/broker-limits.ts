// How much one appliance may say, from the settings. Development may run the platform's time faster: so do its appliances.
import { LIMITS, type Limits } from '#broker';
import { MINUTE, SECOND } from '#runtime';
import type { Settings } from './config.ts';

/** A burst is as many seconds' worth as by default. */
const rate = (perSecond: number, usual: Limits['messages']): Limits['messages'] => ({
  perSecond,
  burst: (perSecond * usual.burst) / usual.perSecond,
});

type LimitSettings = Pick<
  Settings,
  'MQTT_MESSAGES_PER_SECOND' | 'MQTT_BYTES_PER_SECOND' | 'MQTT_CONNECTS_PER_MINUTE' | 'CLOCK_RATE'
>;

export const brokerLimits = (settings: LimitSettings): Limits => ({
  ...LIMITS,
  messages: rate(settings.MQTT_MESSAGES_PER_SECOND * settings.CLOCK_RATE, LIMITS.messages),
  bytes: rate(settings.MQTT_BYTES_PER_SECOND * settings.CLOCK_RATE, LIMITS.bytes),
  connects: rate((settings.MQTT_CONNECTS_PER_MINUTE * settings.CLOCK_RATE * SECOND) / MINUTE, LIMITS.connects),
});
