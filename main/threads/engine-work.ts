// Work of a native engine in a thread. DuckDB aborts a process that ends in the middle of it, and the exit code is lost: so
// the end waits until no work is under way, and none begins after that.
const CLOSED = 0;
const UNDER_WAY = 1;

export const newEngineWork = (): SharedArrayBuffer => new SharedArrayBuffer(2 * Int32Array.BYTES_PER_ELEMENT);

/** In the engine's thread: what runs the work. Work that comes after the end never begins, and its promise stays open. */
export function engineWork(shared: SharedArrayBuffer): <Answer>(work: () => Promise<Answer>) => Promise<Answer> {
  const cells = new Int32Array(shared);
  return async (work) => {
    Atomics.add(cells, UNDER_WAY, 1);
    try {
      if (Atomics.load(cells, CLOSED) === 0) return await work();
    } finally {
      Atomics.sub(cells, UNDER_WAY, 1);
      Atomics.notify(cells, UNDER_WAY);
    }
    return new Promise(() => {});
  };
}

/** In another thread, which is blocked meanwhile: returns when no work is under way, or after `patienceMs` for each of it. */
export function endEngineWork(shared: SharedArrayBuffer, patienceMs: number): void {
  const cells = new Int32Array(shared);
  Atomics.store(cells, CLOSED, 1);
  for (let left = Atomics.load(cells, UNDER_WAY); left > 0; left = Atomics.load(cells, UNDER_WAY)) {
    if (Atomics.wait(cells, UNDER_WAY, left, patienceMs) === 'timed-out') return;
  }
}
