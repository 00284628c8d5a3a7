// The readings store with the steps of the drain.
import type { ReadingsStore } from '#ingest';
import { pass } from '../steps.ts';

/** A write takes a few of these: the kill falls anywhere into it. */
const LONGEST_INTO_MS = 6;

export function steppingStore<Store extends ReadingsStore>(store: Store): Store {
  const write = store.write.bind(store);
  store.write = async (moments, next) => {
    if (moments.length === 0) return write(moments, next);
    pass('drain: read, not stored');
    const into = setTimeout(() => pass('drain: while storing'), Math.random() * LONGEST_INTO_MS);
    try {
      await write(moments, next);
    } finally {
      clearTimeout(into);
    }
    pass('drain: stored');
  };
  return store;
}
