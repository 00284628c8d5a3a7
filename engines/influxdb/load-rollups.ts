// Roll-ups of another store into the bucket beside the readings; writing them again changes nothing.
import { InfluxDB } from '@influxdata/influxdb-client';
import type { Id, Rollup } from '#contracts';
import { SECOND } from '#runtime';
import { Buckets, rollupBucket } from './buckets.ts';
import { rollupLine } from './fold-rollups.ts';
import { LineSender } from './line-sender.ts';
import type { Place } from './store-error.ts';

const TIMEOUT_MS = 30 * SECOND;

export type RollupLoad = {
  /** Those that the bucket forgets already are left out; returns how many lines that were, at least. */
  put(appliance: Id, rollups: readonly Rollup[]): Promise<number>;
};

/** Makes the bucket when it is missing; it keeps for `keepMs`. Throws `readings-rollup-bucket` when the token may not. */
export async function openRollupLoad(place: Place & { token: string }, keepMs: number): Promise<RollupLoad> {
  const { url, token, bucket } = place;
  const client = new InfluxDB({ url, token, timeout: TIMEOUT_MS });
  await new Buckets({ client, place }).ensureRollups(keepMs, async () => {});
  const sender = new LineSender({ client, place, timeoutMs: TIMEOUT_MS, mayWriteFor: () => true });
  return {
    async put(appliance, rollups) {
      let left = 0;
      for (let first = 0; first < rollups.length; ) {
        const some = rollups.slice(first, first + sender.linesAtOnce);
        first += some.length;
        const refusal = await sender.send(
          some.map((rollup) => rollupLine(appliance, rollup)),
          rollupBucket(bucket),
        );
        if (refusal && !refusal.outsideRetention) throw new Error(`InfluxDB refused roll-ups: ${refusal.reason}`);
        left += refusal?.dropped ?? 0;
      }
      return left;
    },
  };
}
