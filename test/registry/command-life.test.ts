import { describe, expect, it } from 'vitest';
import type { CommandState } from '#contracts';
import { COMMAND_LIFE, type CommandEvent } from '#registry';
import { next } from '#runtime';

/** Written by hand: what each event makes of a command in each state; `-` where it is not possible. */
const EXPECTED: Record<CommandState, Record<CommandEvent, CommandState | '-'>> = {
  unconfirmed: { confirmed: 'queued', cancelled: 'cancelled', sent: '-', done: '-', undone: '-', over: 'expired' },
  queued: { confirmed: '-', cancelled: 'cancelled', sent: 'sent', done: '-', undone: '-', over: 'expired' },
  sent: { confirmed: '-', cancelled: '-', sent: '-', done: 'answered', undone: 'failed', over: 'expired' },
  answered: { confirmed: '-', cancelled: '-', sent: '-', done: '-', undone: '-', over: '-' },
  failed: { confirmed: '-', cancelled: '-', sent: '-', done: '-', undone: '-', over: '-' },
  expired: { confirmed: '-', cancelled: '-', sent: '-', done: 'answered', undone: 'failed', over: '-' },
  cancelled: { confirmed: '-', cancelled: '-', sent: '-', done: '-', undone: '-', over: '-' },
};

const rows = Object.entries(EXPECTED).flatMap(([state, events]) =>
  Object.entries(events).map(([event, to]) => ({ state, event, to }) as const),
);

describe('the life of a command', () => {
  it.each(rows)('$state, $event: $to', ({ state, event, to }) => {
    expect(next(COMMAND_LIFE, state as CommandState, event as CommandEvent) ?? '-').toBe(to);
  });
});
