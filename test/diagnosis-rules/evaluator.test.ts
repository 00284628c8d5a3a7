// What must always hold of the fold: replay, snapshot, batching, redelivery and small disorder change nothing; unknown is never false.

import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { FindingChange, LogRecord, TelemetryPayload } from '#contracts';
import { loadCatalogue } from '#diagnosis-rules';
import { factRecord, HOUR, MINUTE, SECOND } from '#runtime';
import { judge, KNOWN_FOR, lifeOf, NOON, newEvaluator, telemetry, told, withTicks } from './life.ts';

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

describe('the fold', () => {
  it('says the same in a replay of the log, id by id', () => {
    const life = troubled();
    const live = judge(life);
    expect(live.length).toBeGreaterThan(3);
    expect(judge(life)).toEqual(live);
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

/** One value each five minutes, after a day in which each was `past`. */
function readings(past: object, values: readonly object[]): LogRecord[] {
  const everyMs = 5 * MINUTE;
  const before = Array.from({ length: KNOWN_FOR / everyMs }, () => past);
  const from = NOON - KNOWN_FOR;
  const records = [...before, ...values].map((value, i) =>
    telemetry(from + i * everyMs + SECOND, {
      readings: [{ at: from + i * everyMs, values: value as Record<string, unknown> }],
    }),
  );
  return withTicks(records, from, NOON + values.length * everyMs);
}

describe('unknown is never false', () => {
  it('a fridge that sends only its power raises nothing and clears nothing', () => {
    const life = readings(
      { power: 2 },
      Array.from({ length: 200 }, (_, i) => ({ power: i % 3 === 0 ? 95 : 2 })),
    );
    expect(told(judge(life))).toEqual([]);
  });

  it('silence in the middle of an episode neither clears nor worsens it', () => {
    const warm = readings(
      { cabinet_temperature: 4 },
      Array.from({ length: 20 }, () => ({ cabinet_temperature: 14 })),
    );
    const evaluator = newEvaluator();
    const opened = judge(warm, evaluator);
    expect(opened.map(({ change, finding }) => [change, finding.severity])).toEqual([['opened', 'critical']]);
    const quietHours = judge(withTicks([], NOON + 2 * HOUR, NOON + 20 * HOUR), evaluator);
    expect(quietHours.filter(({ change, finding }) => change === 'closed' || finding.severity !== 'critical')).toEqual(
      [],
    );
    const { causes } = opened[0]!.finding;
    for (const { finding } of quietHours) {
      expect(finding.causes.map(({ cause }) => cause)).toEqual(causes.map(({ cause }) => cause));
    }
  });

  it('a gap in the data does not count towards the time a condition must hold', () => {
    const cold = readings({ cabinet_temperature: 4 }, []);
    const warmBefore = telemetry(NOON, { readings: [{ at: NOON, values: { cabinet_temperature: 30 } }] });
    const warmAfter = telemetry(NOON + 2 * HOUR, {
      readings: [{ at: NOON + 2 * HOUR, values: { cabinet_temperature: 30 } }],
    });
    const life = [...cold, ...withTicks([warmBefore, warmAfter], NOON + MINUTE, NOON + 2 * HOUR + 5 * MINUTE)];
    expect(told(judge(life))).toEqual([]);
  });
});

describe('an explanation', () => {
  it('names what was measured, against which threshold, since when, in both languages', () => {
    const at = (cabinet_temperature: number) => ({ cabinet_temperature, set_point: 4 });
    const life = readings(
      at(4),
      Array.from({ length: 20 }, () => at(14)),
    );
    const { finding } = judge(life).find((change) => change.finding.severity === 'critical')!;
    // Food follows the step from 4 to 14 °C; it passes 8 °C with the tenth reading, and 20 minutes later it is said.
    const food = (reading: number): number => 14 - 10 * Math.exp((-5 * reading) / 90);
    expect([food(9) < 8, food(10) > 8]).toEqual([true, true]);
    const danger = finding.evidence.find((evidence) => evidence.symptom === 'food-danger')!;
    expect(danger).toMatchObject({
      state: 'present',
      measured: { value: expect.closeTo(food(14), 6), unit: 'Cel' },
      threshold: { value: 8, unit: 'Cel' },
      since: NOON + 45 * MINUTE,
    });
    expect(finding.evidence.find((evidence) => evidence.symptom === 'door-standing-open')!.state).toBe('unknown');
    const sum = finding.causes.reduce((total, cause) => total + cause.probability, 0);
    expect(sum).toBeLessThanOrEqual(1 + 1e-9);
    expect(finding.causes.map(({ cause }) => cause)).toContain('unknown');
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
