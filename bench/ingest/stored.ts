// Were the figures earned? What was acknowledged must stand in the store, every reading of it.
import { openDuckdbReadings } from '#engines/duckdb';

const LOOKED_AT = 5;
const SIGNALS = [
  'cabinet_temperature',
  'freezer_temperature',
  'evaporator_temperature',
  'ambient_temperature',
  'power',
  'compressor_on',
  'door_open',
  'set_point',
];
const DAY_MS = 86_400_000;

/** Readings that were acknowledged, and that are found, of the first few publishers. The platform must have stopped. */
export async function countStored(
  file: string,
  publishers: readonly { id: string; acknowledged: number }[],
): Promise<{ publishers: number; acknowledged: number; stored: number }> {
  const looked = publishers.slice(0, LOOKED_AT);
  await using store = await openDuckdbReadings({ file });
  let stored = 0;
  for (const { id } of looked) {
    for (const signal of SIGNALS) {
      const buckets = await store.series({ appliance: id, signal, from: 0, to: Date.now() + DAY_MS, bucketMs: DAY_MS });
      for (const { count } of buckets) stored += count;
    }
  }
  const acknowledged = looked.reduce((total, publisher) => total + publisher.acknowledged * SIGNALS.length, 0);
  return { publishers: looked.length, acknowledged, stored };
}
