// When a message is tried again, and when it is given up. The schedule is that of the Standard Webhooks specification.
import type { WebhookDeliveryState, WebhookReason } from '#contracts';
import { HOUR, MINUTE, SECOND, type Transition } from '#runtime';
import type { WebhookAnswer } from './ports.ts';

/** Between one try and the next; about three days in all. */
const WAITS_MS = [
  5 * SECOND,
  5 * MINUTE,
  30 * MINUTE,
  2 * HOUR,
  5 * HOUR,
  10 * HOUR,
  14 * HOUR,
  20 * HOUR,
  24 * HOUR,
] as const;

export const LONGEST_WAY_MS = WAITS_MS.reduce((sum, wait) => sum + wait, 0);

export type DeliveryEvent = 'arrived' | 'missed' | 'given-up' | 'dropped';

export const DELIVERY_LIFE: readonly Transition<WebhookDeliveryState, DeliveryEvent>[] = [
  { from: 'waiting', event: 'arrived', to: 'delivered' },
  { from: 'waiting', event: 'missed', to: 'waiting' },
  { from: 'waiting', event: 'given-up', to: 'failed' },
  { from: 'waiting', event: 'dropped', to: 'dropped' },
];

/** After `attempts` tries that missed; null: give up. A message that waited too long behind others is given up as well. */
export function nextTryAt(attempts: number, createdAt: number, now: number): number | null {
  const wait = WAITS_MS[attempts - 1];
  return wait === undefined || now - createdAt > LONGEST_WAY_MS ? null : now + wait;
}

/** An endpoint that fails rests as a whole, so that what piles up for it costs little. */
export const restMs = (failures: number): number => Math.min(5 * MINUTE, 5 * SECOND * 2 ** (failures - 1));

/** What an answer means; null: it arrived. */
export function missedBecause(answer: WebhookAnswer): WebhookReason | null {
  if ('reason' in answer) return answer.reason;
  if (answer.status >= 200 && answer.status < 300) return null;
  if (answer.status === 410) return 'gone';
  return answer.status >= 300 && answer.status < 400 ? 'redirect-not-followed' : 'answered-with-error';
}
