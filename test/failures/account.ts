// What was acknowledged, held against what the store has.
import * as path from 'node:path';
import { openDuckdbReadings } from '#engines/duckdb';
import { type Publisher, temperatureOf } from './publisher.ts';

export type Account = { acknowledged: number; stored: number; lost: number; doubled: number; wrong: number };

/** The platform must have stopped: the store has one process at a time. */
export async function accountOf(folder: string, publishers: readonly Publisher[]): Promise<Account> {
  await using store = await openDuckdbReadings({ file: path.join(folder, 'readings.duckdb') });
  const sum: Account = { acknowledged: 0, stored: 0, lost: 0, doubled: 0, wrong: 0 };
  for (const { id, firstAt, acknowledged } of publishers) {
    const last = Math.max(0, ...acknowledged) + 1_000;
    const query = { appliance: id, signal: 'cabinet_temperature', from: firstAt, to: firstAt + last, bucketMs: 1 };
    const points = new Map((await store.series(query)).map((point) => [point.at - firstAt, point]));
    sum.acknowledged += acknowledged.size;
    sum.stored += points.size;
    for (const n of acknowledged) if (!points.has(n)) sum.lost++;
    for (const [n, { count, mean }] of points) {
      if (count !== 1) sum.doubled++;
      if (mean !== temperatureOf(n)) sum.wrong++;
    }
  }
  return sum;
}
