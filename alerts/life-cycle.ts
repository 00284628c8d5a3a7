// The life of an alert as a table.
import type { AlertState } from '#contracts';
import type { Transition } from '#runtime';

/** `opened`: another episode joins an alert that is still open. `woken`: a snooze ends, or it became worse. */
export type AlertEvent = 'opened' | 'acknowledged' | 'snoozed' | 'woken' | 'closed' | 'withdrawn';

export const LIVE_STATES = ['open', 'acknowledged', 'snoozed'] as const satisfies readonly AlertState[];

export const ALERT_LIFE: readonly Transition<AlertState, AlertEvent>[] = [
  { from: LIVE_STATES, event: 'opened', to: 'open' },
  { from: LIVE_STATES, event: 'acknowledged', to: 'acknowledged' },
  { from: LIVE_STATES, event: 'snoozed', to: 'snoozed' },
  { from: ['acknowledged', 'snoozed'], event: 'woken', to: 'open' },
  { from: LIVE_STATES, event: 'closed', to: 'resolved' },
  // Late data may show afterwards that it never was so.
  { from: [...LIVE_STATES, 'resolved'], event: 'withdrawn', to: 'withdrawn' },
];
