import { describe, expect, it } from 'vitest';
import { openTracer, traceIdOf } from '#engines/otel';
import { type Logger, manualClock } from '#runtime';
import { startOtlpReceiver } from '../main/otlp-receiver.ts';

const APPLIANCES = Array.from(
  { length: 100 },
  (_, index) => `00000000-0000-4000-8000-${String(index).padStart(12, '0')}`,
);
const TIMES = Array.from({ length: 1_000 }, (_, index) => Date.UTC(2026, 2, 2) + index * 60_000);
const ALL = APPLIANCES.flatMap((appliance) => TIMES.map((heardAt) => ({ appliance, heardAt })));

const followedOf = (every: number) => new Set(ALL.filter((heard) => traceIdOf(heard, every) !== null));

describe('the trace of a record', () => {
  it('is named alike wherever it is asked for, and unlike every other', () => {
    const ids = ALL.map((heard) => traceIdOf(heard, 1));
    expect(new Set(ids).size).toBe(ALL.length);
    for (const id of ids) expect(id).toMatch(/^[0-9a-f]{32}$/);
    expect(traceIdOf({ ...ALL[7]! }, 1)).toBe(ids[7]);
  });

  it('is one of about every thousand, and what is followed at 1 in 1,000 is followed at 1 in 100 too', () => {
    // 100,000 draws: four standard deviations are 40 of 100, and 126 of 1,000.
    const [rarely, often] = [followedOf(1_000), followedOf(100)];
    expect(Math.abs(rarely.size - 100)).toBeLessThan(40);
    expect(Math.abs(often.size - 1_000)).toBeLessThan(126);
    expect(rarely.isSubsetOf(often)).toBe(true);
    expect(followedOf(1).size).toBe(ALL.length);
  });
});

describe('a collector that is away', () => {
  it('is said once, and ends with its tracer', async () => {
    const warned: string[] = [];
    const logger: Logger = {
      info: (_, message) => warned.push(message),
      warn: (_, message) => warned.push(message),
      error: (_, message) => warned.push(message),
    };
    const collector = await startOtlpReceiver();
    const options = {
      endpoint: collector.url,
      sampleEvery: 1,
      thread: 'test',
      clock: manualClock(TIMES[0]!).clock,
      logger,
    };
    const gone = openTracer(options);
    await collector[Symbol.asyncDispose]();
    gone.begin({ step: 'accept', heard: ALL[0]! })?.();
    await gone[Symbol.asyncDispose]();
    expect(warned).toEqual([expect.stringContaining('traces cannot be sent')]);
    // Ended after the tracer: nobody is told, nothing breaks.
    gone.begin({ step: 'accept', heard: ALL[1]! })?.();
  });
});
