// Stored readings as the moments that they were when they came: what diagnosis judges again is what it judged live.
import { type Id, type Moment, SIGNALS, type SignalReading } from '#contracts';
import type { ReadingsStore, StoredReading } from './ports.ts';

const AT_ONCE = 20_000;

/** Stores keep true and false as 1 and 0. */
function readingOf({ signal, value }: StoredReading): SignalReading {
  const known = SIGNALS.get(signal);
  return { signal, value: known?.unit === 'boolean' ? value === 1 : value, mapped: known !== undefined };
}

/** All readings of the appliance in [from, to), epoch ms, oldest first. They have no place in the log any more: `position` is 0. */
export async function momentsOf(
  store: Pick<ReadingsStore, 'readings'>,
  { appliance, kind, from, to }: { appliance: Id; kind: Moment['kind']; from: number; to: number },
): Promise<Moment[]> {
  const moments: Moment[] = [];
  for (let begin: number | null = from; begin !== null; ) {
    const { readings, next } = await store.readings({ appliance, from: begin, to, limit: AT_ONCE });
    for (const reading of readings) {
      const last = moments.at(-1);
      if (last?.at === reading.at) last.readings.push(readingOf(reading));
      else moments.push({ appliance, kind, at: reading.at, position: 0, readings: [readingOf(reading)] });
    }
    begin = next;
  }
  return moments;
}
