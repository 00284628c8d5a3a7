import { describe, expect, it } from 'vitest';
import { ALERT_LIFE, type AlertEvent } from '#alerts';
import type { AlertState } from '#contracts';
import { next } from '#runtime';

/** Written by hand: what each event makes of an alert in each state; `-` where it is not possible. */
const EXPECTED: Record<AlertState, Record<AlertEvent, AlertState | '-'>> = {
  open: {
    opened: 'open',
    acknowledged: 'acknowledged',
    snoozed: 'snoozed',
    woken: '-',
    closed: 'resolved',
    withdrawn: 'withdrawn',
  },
  acknowledged: {
    opened: 'open',
    acknowledged: 'acknowledged',
    snoozed: 'snoozed',
    woken: 'open',
    closed: 'resolved',
    withdrawn: 'withdrawn',
  },
  snoozed: {
    opened: 'open',
    acknowledged: 'acknowledged',
    snoozed: 'snoozed',
    woken: 'open',
    closed: 'resolved',
    withdrawn: 'withdrawn',
  },
  resolved: { opened: '-', acknowledged: '-', snoozed: '-', woken: '-', closed: '-', withdrawn: 'withdrawn' },
  withdrawn: { opened: '-', acknowledged: '-', snoozed: '-', woken: '-', closed: '-', withdrawn: '-' },
};

const rows = Object.entries(EXPECTED).flatMap(([state, events]) =>
  Object.entries(events).map(([event, to]) => ({ state, event, to }) as const),
);

describe('the life of an alert', () => {
  it.each(rows)('$state, $event: $to', ({ state, event, to }) => {
    expect(next(ALERT_LIFE, state as AlertState, event as AlertEvent) ?? '-').toBe(to);
  });
});
