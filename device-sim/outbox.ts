// What an appliance has measured and not yet handed over: readings wait here, and leave as messages of bounded size.
import type { TelemetryPayload } from '#contracts';
import type { Sample } from './simulation.ts';

export type OutboxOptions = {
  /** Bounds of one message. */
  maximumReadings?: number;
  maximumBytes?: number;
  /** Readings that the appliance's memory holds; the oldest go first when it is full. */
  memoryReadings?: number;
  /** A longer pause between readings means that the appliance was without power and counts its messages anew. */
  rebootAfterMs?: number;
};

export type Outbox = {
  keep(sample: Sample): void;
  /** The next message, oldest readings first; null when nothing waits. */
  take(): TelemetryPayload | null;
  /** Messages are counted anew. */
  reboot(): void;
  readonly waiting: number;
  /** Readings that were lost because the memory was full. */
  readonly overflowed: number;
};

type Kept = { sample: Sample; bytes: number };

const ENVELOPE_BYTES = 64;

export function openOutbox(options: OutboxOptions = {}): Outbox {
  const { maximumReadings = 100, maximumBytes = 32 * 1024, memoryReadings = 20_000, rebootAfterMs = 150_000 } = options;
  let kept: Kept[] = [];
  let first = 0;
  let seq = 0;
  let overflowed = 0;
  let lastAt = Number.POSITIVE_INFINITY;

  const compact = () => {
    if (first < 1024 || first * 2 < kept.length) return;
    kept = kept.slice(first);
    first = 0;
  };
  return {
    keep(sample) {
      if (sample.at - lastAt > rebootAfterMs) seq = 0;
      lastAt = sample.at;
      kept.push({ sample, bytes: JSON.stringify(sample).length + 1 });
      if (kept.length - first > memoryReadings) {
        first += 1;
        overflowed += 1;
      }
      compact();
    },
    take() {
      const readings: Sample[] = [];
      for (let bytes = ENVELOPE_BYTES; first < kept.length && readings.length < maximumReadings; first++) {
        const next = kept[first]!;
        bytes += next.bytes;
        if (bytes > maximumBytes && readings.length > 0) break;
        readings.push(next.sample);
      }
      if (readings.length === 0) return null;
      compact();
      return { seq: seq++, readings };
    },
    reboot() {
      seq = 0;
    },
    get waiting() {
      return kept.length - first;
    },
    get overflowed() {
      return overflowed;
    },
  };
}
