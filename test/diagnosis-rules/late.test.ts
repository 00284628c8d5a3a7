// Readings that come later than they can be judged: their span is looked at again, with all that is stored of it.
import { describe, expect, it } from 'vitest';
import type { Finding, FindingChange, LogRecord, Moment, TelemetryPayload } from '#contracts';
import type { Evaluator } from '#diagnosis-rules';
import { HOUR, MINUTE } from '#runtime';
import { FRIDGE, judge, lifeOf, NOON, newEvaluator, told, toReadings, withTicks } from './life.ts';

const isMessage = ({ kind }: LogRecord): boolean => kind === 'message';
const payloadOf = (record: LogRecord): TelemetryPayload => JSON.parse(Buffer.from(record.body).toString());
const withPayload = (record: LogRecord, at: number, payload: TelemetryPayload): LogRecord => ({
  ...record,
  at,
  body: Buffer.from(JSON.stringify(payload)),
});
const stampOf = (record: LogRecord): number => payloadOf(record).readings[0]!.at!;

/** What a store holds of these messages: of one reading the one that came last. */
function stored(records: readonly LogRecord[]): Moment[] {
  const values = new Map<number, Moment>();
  for (const [position, record] of records.filter(isMessage).entries()) {
    for (const moment of toReadings(record, position)!.moments) {
      const readings = new Map(
        [...(values.get(moment.at)?.readings ?? []), ...moment.readings].map((reading) => [reading.signal, reading]),
      );
      values.set(moment.at, { ...moment, readings: [...readings.values()] });
    }
  }
  return [...values.values()].sort((a, b) => a.at - b.at);
}

/** Findings as they stand after these changes. */
function recorded(changes: readonly FindingChange[]): Finding[] {
  return [...new Map(changes.map(({ finding }) => [finding.id, finding])).values()];
}

/** Every late span is looked at, with everything that was heard by then. */
function lookAgain(evaluator: Evaluator, heard: readonly LogRecord[], said: readonly FindingChange[]): FindingChange[] {
  return evaluator.takeLate().flatMap(({ appliance, from }) => {
    const { at } = evaluator.judgedTo(appliance)!;
    const moments = stored(heard).filter((moment) => moment.at <= at);
    return evaluator.lookAgain({ appliance, since: from, moments, known: recorded(said) });
  });
}

const split = (records: readonly LogRecord[], at: number): [LogRecord[], LogRecord[]] => [
  records.filter((record) => record.at < at),
  records.filter((record) => record.at >= at),
];

describe('an hour that came hours later', () => {
  const life = lifeOf({
    seed: 5,
    until: NOON + 14 * HOUR,
    episodes: [
      { what: 'door-left-open', fromMs: 2 * HOUR, untilMs: 3 * HOUR },
      { what: 'cooling-failing', fromMs: 9 * HOUR },
    ],
  });
  const LATE_AT = NOON + 8 * HOUR;
  const isLate = (record: LogRecord): boolean =>
    isMessage(record) && stampOf(record) >= NOON + 1.5 * HOUR && stampOf(record) < NOON + 4.5 * HOUR;
  const late = life.filter(isLate).map((record) => ({ ...record, at: LATE_AT }));
  const [before, after] = split(
    life.filter((record) => !isLate(record)),
    LATE_AT,
  );

  it('is told as history, and what comes after it is judged as if it had come in time', () => {
    const evaluator = newEvaluator();
    const missed = judge(before, evaluator);
    expect(told(missed)).toEqual([]);
    expect(judge(late, evaluator)).toEqual([]);
    const found = lookAgain(evaluator, [...before, ...late], missed);
    expect(found.map(({ change, finding }) => [change, finding.state, finding.causes[0]!.cause])).toEqual([
      ['closed', 'closed', 'door-left-open'],
    ]);
    expect(found[0]!.finding.openedAt).toBeGreaterThan(NOON + 2 * HOUR);
    expect(found[0]!.finding.closedAt).toBeLessThan(LATE_AT);
    expect(evaluator.takeLate()).toEqual([]);

    const inTime = newEvaluator();
    judge(
      life.filter((record) => record.at < LATE_AT),
      inTime,
    );
    const openings = (changes: readonly FindingChange[]) =>
      changes.map(({ change, finding }) => [change, finding.openedAt, finding.causes[0]!.cause]);
    const rest = judge(after, evaluator);
    expect(rest.length).toBeGreaterThan(1);
    expect(openings(rest)).toEqual(openings(judge(after, inTime)));
  });

  it('looked at twice says nothing new', () => {
    const evaluator = newEvaluator();
    const said = judge(before, evaluator);
    judge(late, evaluator);
    const [span] = evaluator.takeLate();
    const look = (known: readonly FindingChange[]): FindingChange[] =>
      evaluator.lookAgain({
        appliance: FRIDGE,
        since: span!.from,
        moments: stored([...before, ...late]),
        known: recorded(known),
      });
    const first = look(said);
    expect(first).toHaveLength(1);
    expect(look([...said, ...first])).toEqual([]);
  });
});

describe('a span that was measured wrongly and is corrected', () => {
  const life = lifeOf({ seed: 9, until: NOON + 4 * HOUR });
  const isWrong = (record: LogRecord): boolean =>
    isMessage(record) && stampOf(record) >= NOON + HOUR && stampOf(record) < NOON + 3 * HOUR;
  const warmer = (payload: TelemetryPayload): TelemetryPayload => ({
    ...payload,
    readings: payload.readings.map(({ at, values }) => ({
      ...(at === undefined ? {} : { at }),
      values: { ...values, cabinet_temperature: Number(values.cabinet_temperature) + 12 },
    })),
  });
  const wrong = life.map((record) =>
    isWrong(record) ? withPayload(record, record.at, warmer(payloadOf(record))) : record,
  );

  it('withdraws the finding that it led to, and whatever was over by then too', () => {
    for (const correctedAt of [NOON + 3 * HOUR, NOON + 4 * HOUR]) {
      const evaluator = newEvaluator();
      const heard = wrong.filter((record) => record.at < correctedAt);
      const said = judge(heard, evaluator);
      expect(told(said)[0]).toMatch(/^opened/);
      const corrections = life.filter(isWrong).map((record) => ({ ...record, at: correctedAt }));
      judge(corrections, evaluator);
      const found = lookAgain(evaluator, [...heard, ...corrections], said);
      const unfounded = recorded(said).map(({ id }) => id);
      expect(found.map(({ change, finding }) => [change, finding.id])).toEqual(
        unfounded.map((id) => ['withdrawn', id]),
      );
      expect(judge(withTicks([], correctedAt + MINUTE, correctedAt + 10 * MINUTE), evaluator)).toEqual([]);
    }
  });
});
