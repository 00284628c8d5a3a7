// From samples to messages: every reading exactly once and in order, in messages that the platform takes.
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { TelemetryPayload } from '#contracts';
import { type Message, type Sample, simulateMessages, simulateRefrigerator } from '#device-sim';
import { openOutbox } from '../../device-sim/outbox.ts';
import { DAY, HOUR, START } from './days.ts';

const LIFE = { seed: 6, from: START, until: START + DAY };
const stampsOf = (messages: readonly Message[]) =>
  messages.flatMap(({ payload }) => payload.readings.map(({ at }) => at));

describe('messages', () => {
  it('are telemetry payloads, one for each sample while online, with a count that has no gap', () => {
    const messages = [...simulateMessages(LIFE)];
    for (const { payload } of messages) expect(TelemetryPayload.parse(payload)).toEqual(payload);
    expect(messages.map(({ payload }) => payload.seq)).toEqual(messages.map((_, i) => i));
    expect(stampsOf(messages)).toEqual([...simulateRefrigerator(LIFE)].map(({ at }) => at));
  });

  it('wait while the router is down and then leave in batches with their true stamps', () => {
    const episodes = [{ what: 'router-outage', fromMs: 6 * HOUR, untilMs: 11 * HOUR } as const];
    const messages = [...simulateMessages({ ...LIFE, episodes })];
    const during = messages.filter(({ sentAt }) => sentAt >= START + 6 * HOUR && sentAt < START + 11 * HOUR);
    expect(during).toEqual([]);
    expect(stampsOf(messages)).toEqual([...simulateRefrigerator(LIFE)].map(({ at }) => at));
    const batches = messages.filter(({ payload }) => payload.readings.length > 1);
    expect(batches.length).toBeGreaterThanOrEqual(3);
    for (const { payload } of batches) {
      expect(payload.readings.length).toBeLessThanOrEqual(100);
      expect(JSON.stringify(payload).length).toBeLessThanOrEqual(32 * 1024);
    }
  });

  it('of a silent appliance never leave, not even later', () => {
    const episodes = [{ what: 'appliance-silent', fromMs: 6 * HOUR, untilMs: 9 * HOUR } as const];
    const stamps = stampsOf([...simulateMessages({ ...LIFE, episodes })]);
    const silent = stamps.filter((at) => at! >= START + 6 * HOUR && at! < START + 9 * HOUR);
    expect(silent).toEqual([]);
    expect(stamps.at(-1)).toBeGreaterThan(START + 23 * HOUR);
  });

  it('count anew after a power cut', () => {
    const episodes = [{ what: 'power-cut', fromMs: 6 * HOUR, untilMs: 7 * HOUR } as const];
    const messages = [...simulateMessages({ ...LIFE, episodes })];
    const back = messages.find(({ sentAt }) => sentAt >= START + 7 * HOUR)!;
    expect(back.payload.seq).toBe(0);
  });

  it('are lost, doubled and late in the shares that were asked for', () => {
    const life = { ...LIFE, until: START + 10 * DAY };
    const clean = [...simulateMessages(life)];
    const imperfections = { lossShare: 0.1, duplicateShare: 0.05, delayShare: 0.1, skewMs: 90_000 };
    const rough = [...simulateMessages({ ...life, imperfections })];
    const kinds = new Set(rough.map(({ payload }) => JSON.stringify(payload)));
    expect(kinds.size / clean.length).toBeGreaterThan(0.88);
    expect(kinds.size / clean.length).toBeLessThan(0.92);
    expect(rough.length / kinds.size).toBeGreaterThan(1.03);
    expect(rough.length / kinds.size).toBeLessThan(1.07);
    const late = rough.filter(({ sentAt, payload }) => sentAt > payload.readings[0]!.at! - 90_000 + 1);
    expect(late.length / rough.length).toBeGreaterThan(0.1);
    expect(rough.every(({ sentAt }, i) => i === 0 || sentAt >= rough[i - 1]!.sentAt)).toBe(true);
  });
});

describe('the outbox', () => {
  const sample = (at: number): Sample => ({ at, values: { power: at % 97, door_open: at % 2 === 0 } });

  it('hands over every reading exactly once and in order, however it is filled, emptied and bounded', () => {
    const work = fc.array(fc.oneof(fc.constant('keep' as const), fc.constant('take' as const)), { maxLength: 300 });
    fc.assert(
      fc.property(work, fc.integer({ min: 1, max: 20 }), fc.integer({ min: 100, max: 2000 }), (steps, most, bytes) => {
        const outbox = openOutbox({ maximumReadings: most, maximumBytes: bytes });
        const taken: (number | undefined)[] = [];
        const seqs: (number | undefined)[] = [];
        let at = 0;
        const take = () => {
          const payload = outbox.take();
          if (!payload) return false;
          expect(payload.readings.length).toBeLessThanOrEqual(most);
          expect(payload.readings.length === 1 || JSON.stringify(payload).length <= bytes).toBe(true);
          taken.push(...payload.readings.map((reading) => reading.at));
          seqs.push(payload.seq);
          return true;
        };
        for (const what of steps) {
          if (what === 'keep') outbox.keep(sample(at++));
          else take();
        }
        while (take());
        expect(taken).toEqual(Array.from({ length: at }, (_, i) => i));
        expect(seqs).toEqual(seqs.map((_, i) => i));
      }),
    );
  });

  it('forgets the oldest when its memory is full, and says how many', () => {
    const outbox = openOutbox({ memoryReadings: 10 });
    for (let at = 0; at < 25; at++) outbox.keep(sample(at));
    expect(outbox.take()!.readings.map(({ at }) => at)).toEqual([15, 16, 17, 18, 19, 20, 21, 22, 23, 24]);
    expect(outbox.overflowed).toBe(15);
  });
});
