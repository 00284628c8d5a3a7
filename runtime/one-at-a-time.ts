// A connection has one transaction, a store one checkpoint: work on it waits for its turn.

/** Runs what it is given in the order of the calls, each after the one before has ended, well or badly. */
export function oneAtATime(): <T>(work: () => Promise<T>) => Promise<T> {
  let last: Promise<unknown> = Promise.resolve();
  return (work) => {
    const run = last.then(work);
    last = run.catch(() => undefined);
    return run;
  };
}
