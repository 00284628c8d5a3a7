// What people, makers and remote tests say, as evidence: judged by the shipped rules.
import { expect, it } from 'vitest';
import type { Finding, FindingChange, LogRecord, ReportBody } from '#contracts';
import { createEvaluator, loadCatalogue } from '#diagnosis-rules';
import { neutralCode } from '#registry';
import { factRecord, HOUR, MINUTE } from '#runtime';
import { FRIDGE, NOON, telemetry, toReadings, withTicks } from './life.ts';

const MODEL = 'fridge-alarms-only';
const PROBLEM = 'refrigerator-cooling';

/** A fridge that tells what was set and its alarms, each ten minutes. */
function toldOnly(hours: number, values: (at: number) => Record<string, number | boolean | string>): LogRecord[] {
  const records: LogRecord[] = [];
  for (let at = NOON; at <= NOON + hours * HOUR; at += 10 * MINUTE) {
    const readings = [{ at, values: { set_point: 4, ...values(at) } }];
    records.push(telemetry(at, { readings }, { model: MODEL }));
  }
  return records;
}

const report = (at: number, ...codes: string[]): LogRecord =>
  factRecord('report', at, FRIDGE, { codes, by: FRIDGE } satisfies ReportBody);

function judge(records: readonly LogRecord[], hours: number): FindingChange[] {
  const evaluator = createEvaluator({ catalogue: loadCatalogue(), toReadings, neutralCode });
  return withTicks(records, NOON, NOON + hours * HOUR).flatMap((record, position) => evaluator.take(record, position));
}
const last = (changes: readonly FindingChange[]): Finding | undefined =>
  changes.map(({ finding }) => finding).findLast(({ problem }) => problem === PROBLEM);
const signs = (finding: Finding | undefined) =>
  finding?.evidence.filter(({ state }) => state === 'present').map(({ symptom }) => symptom) ?? [];

it('a fridge that tells no temperature and of which nobody complains is left alone', () => {
  expect(
    judge(
      toldOnly(24, () => ({ temperature_alarm: false, door_alarm: false })),
      24,
    ),
  ).toEqual([]);
});

it('"not cold" opens a finding that says honestly that the cause is not known, and asks', () => {
  const records = toldOnly(6, () => ({ door_alarm: false }));
  const finding = last(judge([...records, report(NOON + 2 * HOUR, 'not-cold')], 6));
  expect(finding).toMatchObject({ state: 'open', problem: PROBLEM });
  expect(signs(finding)).toContain('reported-not-cold');
  expect(finding!.causes[0]!.cause).toBe('unknown');
  expect(finding!.question).not.toBeNull();
});

it('a maker’s code is heard in plain terms, and one that the model does not name says nothing', () => {
  const at = NOON + 2 * HOUR;
  const withCode = (code: string) =>
    last(judge([...toldOnly(6, () => ({ fault_code: code })), report(at, 'not-cold')], 6));
  expect(signs(withCode('dF'))).not.toEqual(signs(withCode('ZZ')));
  expect(signs(withCode('ZZ'))).toEqual(signs(withCode('OK')));
});

it('a report that was taken back, or is days old, holds nothing open', () => {
  const records = toldOnly(6 * 24, () => ({ door_alarm: false }));
  const taken = judge([...records, report(NOON + HOUR, 'not-cold'), report(NOON + 3 * HOUR, 'works-fine')], 24);
  expect(last(taken)!.state).not.toBe('open');
  const old = judge([...records, report(NOON + HOUR, 'not-cold')], 5 * 24);
  expect(last(old)!.state).not.toBe('open');
});

it('a self-test that finds a still fan makes the fan the first cause', () => {
  const result = { outcome: 'done', values: { compressor_starts: true, fan_turns: false, defrost_heater_heats: true } };
  const payload = Buffer.from(JSON.stringify(result)).toString('base64');
  const tested = factRecord('command-result', NOON + 3 * HOUR, FRIDGE, { command: FRIDGE, payload });
  const records = toldOnly(6, () => ({}));
  const finding = last(judge([...records, report(NOON + 2 * HOUR, 'not-cold'), tested], 6));
  expect(finding!.causes[0]!.cause).toBe('evaporator-fan');
  expect(finding!.answers).toContainEqual(expect.objectContaining({ question: 'self-test.fan_turns', answer: 'no' }));
});

it('an appliance that rests is not missed; one that does not, is', () => {
  const resting = factRecord('presence', NOON + 2 * HOUR, FRIDGE, { restsUntil: NOON + 100 * 24 * HOUR, by: FRIDGE });
  const records = toldOnly(2, () => ({}));
  const silent = (changes: readonly FindingChange[]) =>
    changes.filter(({ finding }) => finding.problem === 'appliance-silent');
  expect(silent(judge([...records, resting], 4 * 24))).toEqual([]);
  expect(silent(judge(records, 4 * 24)).length).toBeGreaterThan(0);
});
