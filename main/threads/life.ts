// Start and stop of a thread.
import { setTimeout } from 'node:timers/promises';
import { SECOND } from '#runtime';

/** Longer than any engine takes to open that will open at all. */
const PATIENCE_MS = 20 * SECOND;

/**
 * A stop lets a start that is under way come to its end, for 20 s at most, and then undoes it: a thread that is ended while
 * its engine still opens takes the whole process with it.
 */
export function startAndStop<Answer>(
  stack: AsyncDisposableStack,
  start: () => Promise<Answer>,
): { start(): Promise<Answer>; stop(): Promise<void> } {
  let starting: Promise<unknown> = Promise.resolve();
  return {
    start() {
      const started = start();
      starting = started.catch(() => {});
      return started;
    },
    async stop() {
      const patience = new AbortController();
      await Promise.race([starting, setTimeout(PATIENCE_MS, undefined, patience).catch(() => {})]);
      patience.abort();
      await stack.disposeAsync();
    },
  };
}

/** Half a platform would lie: the thread ends with the error, and the process with it. */
export function endThread(error: Error): void {
  setImmediate(() => {
    throw error;
  });
}
