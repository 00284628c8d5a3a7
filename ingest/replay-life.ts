// What may become of a message in quarantine.
import type { Transition } from '#runtime';

/**
 * kept: aside. waiting: somebody asked for it to be tried again. replayed: it stands in the log again. accepted: all of it
 * was taken then. refused: not, or not all, with the new reason. unreadable: whose it was is erased, its bytes are noise.
 */
export type QuarantineState = 'kept' | 'waiting' | 'replayed' | 'accepted' | 'refused' | 'unreadable';
export type QuarantineEvent = 'ask' | 'append' | 'find-unreadable' | 'accept' | 'refuse' | 'hear-nothing';

export const QUARANTINE_LIFE: readonly Transition<QuarantineState, QuarantineEvent>[] = [
  { from: ['kept', 'refused'], event: 'ask', to: 'waiting' },
  { from: 'waiting', event: 'append', to: 'replayed' },
  { from: 'waiting', event: 'find-unreadable', to: 'unreadable' },
  // The consumer may be quicker than whoever appended it.
  { from: ['waiting', 'replayed'], event: 'accept', to: 'accepted' },
  { from: ['waiting', 'replayed'], event: 'refuse', to: 'refused' },
  { from: 'replayed', event: 'hear-nothing', to: 'waiting' },
];

/** For statements over many rows: which of them the event moves, and where to. */
export function moveOf(event: QuarantineEvent): { from: QuarantineState[]; to: QuarantineState } {
  const rows = QUARANTINE_LIFE.filter((row) => row.event === event);
  return { from: rows.flatMap(({ from }) => from), to: rows[0]!.to };
}
