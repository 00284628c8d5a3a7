import { randomInt } from 'node:crypto';
import { expect, it } from 'vitest';
import { fuzzMqtt } from './mqtt.ts';

const PACKETS = Number(process.env.FUZZ_PACKETS ?? 20_000);
const SEED = Number(process.env.FUZZ_SEED ?? randomInt(2 ** 30));
/** The goal is a tenth more; so short a run measures little else than what has just been let go of. */
const HEAP_GROWTH = PACKETS >= 500_000 ? 1.1 : 1.5;

it(
  'whatever an appliance sends, the broker goes on, answers, and keeps nothing of it in memory',
  async () => {
    const { packets, connections, crashes, heapMib, slowestAnswerMs, counts } = await fuzzMqtt({
      packets: PACKETS,
      seed: SEED,
    });
    console.log(
      `mqtt fuzz: seed ${SEED}, ${packets} packets, ${connections} connections, ${crashes} crashes, heap ${heapMib.map((mib) => mib.toFixed(1)).join(' ')} MiB, slowest answer ${slowestAnswerMs.toFixed(0)} ms, ${JSON.stringify(counts)}`,
    );
    expect(crashes).toBe(0);
    expect(counts.brokenProtocol).toBeGreaterThan(0);
    // What is kept for each appliance is there after the first fifth.
    expect(heapMib.at(-1)).toBeLessThan(heapMib[0]! * HEAP_GROWTH);
  },
  10 * 3_600_000,
);
