// The life of a command. A result that comes after the end still counts: the appliance did it in time and said so late.
import type { CommandOutcome, CommandState } from '#contracts';
import type { Transition } from '#runtime';

export type CommandEvent = 'confirmed' | 'cancelled' | 'sent' | 'done' | 'undone' | 'over';

export const COMMAND_LIFE: readonly Transition<CommandState, CommandEvent>[] = [
  { from: 'unconfirmed', event: 'confirmed', to: 'queued' },
  { from: ['unconfirmed', 'queued'], event: 'cancelled', to: 'cancelled' },
  { from: 'queued', event: 'sent', to: 'sent' },
  { from: ['sent', 'expired'], event: 'done', to: 'answered' },
  { from: ['sent', 'expired'], event: 'undone', to: 'failed' },
  { from: ['unconfirmed', 'queued', 'sent'], event: 'over', to: 'expired' },
];

/** States that time ends. */
export const OPEN_STATES = ['unconfirmed', 'queued', 'sent'] as const satisfies readonly CommandState[];

export const EVENT_OF: Readonly<Record<CommandOutcome, CommandEvent>> = {
  done: 'done',
  refused: 'undone',
  failed: 'undone',
};
