// What must always hold of the fold: replay, snapshot, batching, redelivery and small disorder change nothing; unknown is never false.

import { deserialize, serialize } from 'node:v8';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { FindingChange, LogRecord, TelemetryPayload } from '#contracts';
import { createEvaluator, loadCatalogue } from '#diagnosis-rules';
import { factRecord, HOUR, MINUTE, SECOND } from '#runtime';
import { judge, lifeOf, NOON, newEvaluator, telemetry, told, toReadings, withTicks } from './life.ts';

const troubled = (): LogRecord[] =>
  lifeOf({
    seed: 5,
    until: NOON + 12 * HOUR,
    episodes: [
      { what: 'door-left-open', fromMs: 2 * HOUR, untilMs: 3 * HOUR },
      { what: 'cooling-failing', fromMs: 6 * HOUR },
    ],
  });

const ids = (changes: readonly FindingChange[]): string[] => changes.map((change) => change.id);

/** As snapshots were written when each step was an object. */
function ofObjects(snapshot: Buffer): Buffer {
  const state = deserialize(snapshot);
  const steps = (flat: number[], ...fields: string[]) =>
    Array.from({ length: flat.length / fields.length }, (_, step) =>
      Object.fromEntries(fields.map((field, index) => [field, flat[step * fields.length + index]])),
    );
  for (const { memory } of state.appliances.values()) {
    memory.doorShares = steps(memory.doorShares, 'step', 'onMs', 'knownMs');
    memory.compressorShares = steps(memory.compressorShares, 'step', 'onMs', 'knownMs');
    memory.foodHistory = steps(memory.foodHistory, 'step', 'value');
  }
  return serialize(state);
}

describe('the fold', () => {
  it('says the same in a replay of the log, id by id', () => {
    const life = troubled();
    const live = judge(life);
    expect(live.length).toBeGreaterThan(3);
    expect(judge(life)).toEqual(live);
  });

  it('goes on from a snapshot of before as from one of now', () => {
    const life = troubled();
    const first = newEvaluator();
    judge(life.slice(0, life.length / 4), first);
    const goesOn = (snapshot: Buffer) =>
      judge(life.slice(life.length / 4), createEvaluator({ catalogue: loadCatalogue(), toReadings, snapshot }));
    const now = goesOn(first.snapshot());
    expect(now.length).toBeGreaterThan(3);
    expect(goesOn(ofObjects(first.snapshot()))).toEqual(now);
  });

  it('goes on from a snapshot as if nothing had happened, wherever it was taken', () => {
    const life = troubled();
    const whole = ids(judge(life));
    fc.assert(
      fc.property(fc.integer({ min: 0, max: life.length }), (cut) => {
        const first = newEvaluator();
        const before = judge(life.slice(0, cut), first);
        const second = createEvaluator({ catalogue: loadCatalogue(), toReadings, snapshot: first.snapshot() });
        const after = judge(life.slice(cut), second);
        expect(ids([...before, ...after])).toEqual(whole);
      }),
      { numRuns: 15 },
    );
  });

  it('takes a message that comes again for what it is', () => {
    const life = troubled();
    const again = life.flatMap((record) => (record.kind === 'message' ? [record, record] : [record]));
    expect(ids(judge(again))).toEqual(ids(judge(life)));
  });

  it('waits for a gap in seq, so that messages a little out of order change nothing', () => {
    const life = troubled();
    fc.assert(
      fc.property(fc.array(fc.nat(life.length - 2), { minLength: 1, maxLength: 30 }), (places) => {
        const shuffled = [...life];
        for (const place of places) {
          const [a, b] = [shuffled[place]!, shuffled[place + 1]!];
          if (a.kind !== 'message' || b.kind !== 'message') continue;
          shuffled[place] = { ...b, at: a.at };
          shuffled[place + 1] = { ...a, at: b.at };
        }
        expect(ids(judge(shuffled))).toEqual(ids(judge(life)));
      }),
      { numRuns: 15 },
    );
  });

  it('hears the ticks of several brokers, whose clocks differ, as one time', () => {
    const silent = (ticks: (at: number) => LogRecord[]): FindingChange[] => {
      const life = lifeOf({ seed: 5, until: NOON + HOUR });
      const after = Array.from({ length: 26 * 60 }, (_, minute) => ticks(NOON + HOUR + minute * MINUTE)).flat();
      return judge([...life, ...after]);
    };
    const one = silent((at) => [factRecord('tick', at)]);
    const three = silent((at) => [factRecord('tick', at), factRecord('tick', at - 2 * SECOND), factRecord('tick', at)]);
    expect(told(one)).toEqual([expect.stringContaining('opened')]);
    expect(three).toEqual(one);
  });

  it('is not moved by a signal that it does not know', () => {
    const life = troubled();
    const more = life.map((record) => {
      if (record.kind !== 'message') return record;
      const payload = JSON.parse(Buffer.from(record.body).toString()) as TelemetryPayload;
      const readings = payload.readings.map((reading) => ({
        ...reading,
        values: { ...reading.values, noise: Math.round(reading.at ?? 0) % 7 },
      }));
      return { ...record, body: Buffer.from(JSON.stringify({ ...payload, readings })) };
    });
    expect(judge(more)).toEqual(judge(life));
  });
});

/** One value each five minutes. */
function readings(values: readonly object[], everyMs = 5 * MINUTE): LogRecord[] {
  const records = values.map((value, i) =>
    telemetry(NOON + i * everyMs + SECOND, {
      readings: [{ at: NOON + i * everyMs, values: value as Record<string, unknown> }],
    }),
  );
  return withTicks(records, NOON, NOON + values.length * everyMs);
}

describe('unknown is never false', () => {
  it('a fridge that sends only its power raises nothing and clears nothing', () => {
    const life = readings(Array.from({ length: 200 }, (_, i) => ({ power: i % 3 === 0 ? 95 : 2 })));
    expect(told(judge(life))).toEqual([]);
  });

  it('silence in the middle of an episode neither clears nor worsens it', () => {
    const warm = readings(Array.from({ length: 20 }, () => ({ cabinet_temperature: 14 })));
    const evaluator = newEvaluator();
    expect(told(judge(warm, evaluator))).toEqual(['opened critical door-left-open']);
    const quietHours = withTicks([], NOON + 2 * HOUR, NOON + 20 * HOUR);
    expect(told(judge(quietHours, evaluator))).toEqual([]);
  });

  it('a gap in the data does not count towards the time a condition must hold', () => {
    const warmBefore = telemetry(NOON, { readings: [{ at: NOON, values: { cabinet_temperature: 12 } }] });
    const warmAfter = telemetry(NOON + 2 * HOUR, {
      readings: [{ at: NOON + 2 * HOUR, values: { cabinet_temperature: 12 } }],
    });
    const life = withTicks([warmBefore, warmAfter], NOON, NOON + 2 * HOUR + 5 * MINUTE);
    expect(told(judge(life))).toEqual([]);
  });
});

describe('an explanation', () => {
  it('names what was measured, against which threshold, since when, in both languages', () => {
    const [opened] = judge(readings(Array.from({ length: 20 }, () => ({ cabinet_temperature: 14, set_point: 4 }))));
    const { finding } = opened!;
    const danger = finding.evidence.find((evidence) => evidence.symptom === 'food-danger')!;
    expect(danger).toMatchObject({
      state: 'present',
      measured: { value: 14, unit: 'Cel' },
      threshold: { value: 8, unit: 'Cel' },
      since: NOON,
    });
    expect(finding.evidence.find((evidence) => evidence.symptom === 'door-standing-open')!.state).toBe('unknown');
    expect(finding.causes.reduce((sum, cause) => sum + cause.probability, 0)).toBeCloseTo(1);
    for (const phrase of [
      finding.title,
      finding.summary,
      finding.wouldClear,
      ...finding.evidence.map(({ text }) => text),
    ]) {
      expect(phrase.en).not.toBe('');
      expect(phrase.zh).toMatch(/[一-鿿]/);
      for (const [, name] of `${phrase.en}${phrase.zh}`.matchAll(/\{(\w+)\}/g))
        expect(phrase.values).toHaveProperty(name!);
    }
  });

  it('says that its words on food were not reviewed while nobody has', () => {
    expect(loadCatalogue().every((rule) => rule.reviewedBy === null)).toBe(true);
  });
});
