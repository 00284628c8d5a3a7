// What was acknowledged, held against what the store has.
import type { ReadingsStore } from '#ingest';
import type { Appliance } from './appliances.ts';

export type Account = { acknowledged: number; stored: number; lost: number; doubled: number; wrong: number };

/** Readings that were sent and not acknowledged may stand in the store, or not. */
export async function accountOf(
  store: Pick<ReadingsStore, 'series'>,
  appliances: readonly Appliance[],
): Promise<Account> {
  const sum: Account = { acknowledged: 0, stored: 0, lost: 0, doubled: 0, wrong: 0 };
  for (const { publisher, said } of appliances) {
    const expected = new Map([...said()].map(({ at, value }) => [at, value]));
    const stamps = [...expected.keys()];
    sum.acknowledged += expected.size;
    if (stamps.length === 0) continue;
    const query = { appliance: publisher.id, signal: 'cabinet_temperature', bucketMs: 1 };
    const points = await store.series({ ...query, from: stamps[0]!, to: stamps.at(-1)! + 1 });
    sum.stored += points.length;
    for (const { at, count, mean } of points) {
      const value = expected.get(at);
      expected.delete(at);
      if (count !== 1) sum.doubled++;
      if (value !== undefined && mean !== value) sum.wrong++;
    }
    sum.lost += expected.size;
  }
  return sum;
}
