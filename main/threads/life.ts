// Start and stop of a thread.

/**
 * A stop lets a start that is under way come to its end, and then undoes it: a thread that is ended while its engine
 * still opens takes the whole process with it.
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
      await starting;
      await stack.disposeAsync();
    },
  };
}
