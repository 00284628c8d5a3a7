// What was acknowledged, held against what the store has.
import type { ReadingsStore } from '#ingest';
import { HOUR } from '#runtime';
import type { Appliance } from './appliances.ts';

export type Account = { acknowledged: number; stored: number; lost: number; doubled: number; wrong: number };

/** What the store says of one reading; `count` is how often it stands there. */
type Stored = { at: number; value: number; count: number };
type Range = { appliance: string; from: number; to: number };
export type StoredOf = (range: Range) => AsyncIterable<Stored>;

const SIGNAL = 'cabinet_temperature';
const PAGE = 20_000;

/** Of a store that keeps rows: a reading that stood twice would count twice. */
export const bySeries = (store: Pick<ReadingsStore, 'series'>): StoredOf =>
  async function* (range) {
    for (const { at, mean, count } of await store.series({ ...range, signal: SIGNAL, bucketMs: 1 }))
      yield { at, value: mean, count };
  };

/** As they were measured, page by page. */
export const byReadings = (store: Pick<ReadingsStore, 'readings'>): StoredOf =>
  async function* ({ to, ...range }) {
    for (let from: number | null = range.from; from !== null; ) {
      const page = await store.readings({ ...range, from, to, limit: PAGE });
      for (const { at, signal, value } of page.readings)
        if (signal === SIGNAL) yield { at, value: Number(value), count: 1 };
      from = page.next;
    }
  };

/** Readings that were sent and not acknowledged may stand in the store, or not. */
export async function accountOf(storedOf: StoredOf, appliances: readonly Appliance[]): Promise<Account> {
  const sum: Account = { acknowledged: 0, stored: 0, lost: 0, doubled: 0, wrong: 0 };
  for (const { publisher, said } of appliances) {
    const expected = new Map([...said()].map(({ at, value }) => [at, value]));
    const [first = 0] = expected.keys();
    const seen = new Set<number>();
    sum.acknowledged += expected.size;
    // Anything that the platform made up would stand nearby.
    const last = [...expected.keys()].at(-1) ?? 0;
    for await (const { at, value, count } of storedOf({ appliance: publisher.id, from: first, to: last + HOUR })) {
      if (count !== 1 || seen.has(at)) sum.doubled++;
      seen.add(at);
      sum.stored++;
      const said = expected.get(at);
      if (said !== undefined && said !== value) sum.wrong++;
    }
    for (const at of expected.keys()) if (!seen.has(at)) sum.lost++;
  }
  return sum;
}
