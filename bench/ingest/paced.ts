// A fixed rate, whatever the server does: a message that had to wait in the client counts from when it was due.
import { setTimeout } from 'node:timers/promises';
import { drained } from './flood.ts';
import { monotonicMs } from './monotonic.ts';
import type { Publisher } from './publisher.ts';

/** Messages are due in groups, so far apart. */
const BEAT_MS = 1;
const WARM_UP_MS = 500;

export async function paced(
  publishers: readonly Publisher[],
  options: { ratePerSecond: number; forMs: number },
): Promise<Float64Array> {
  const times: number[] = [];
  const aBeat = (options.ratePerSecond * BEAT_MS) / 1000;
  const startedAt = monotonicMs();
  const measureFrom = startedAt + WARM_UP_MS;
  let sent = 0;
  let turn = 0;
  for (const publisher of publishers) publisher.took = (ms) => monotonicMs() - ms >= measureFrom && times.push(ms);
  for (;;) {
    const now = monotonicMs();
    if (now - startedAt >= WARM_UP_MS + options.forMs) break;
    for (let beat = Math.floor(sent / aBeat); startedAt + beat * BEAT_MS <= now; beat++) {
      for (; sent < (beat + 1) * aBeat; sent++) {
        const publisher = publishers[turn++ % publishers.length]!;
        while (publisher.room === 0) await setTimeout(1);
        publisher.send(1, startedAt + beat * BEAT_MS);
      }
    }
    await setTimeout(BEAT_MS);
  }
  await drained(publishers);
  for (const publisher of publishers) publisher.took = null;
  return Float64Array.from(times);
}
