// What counts as evidence beside measured temperatures, and what a finding says of causes and of what is to be done.
import { describe, expect, it } from 'vitest';
import type { Finding, FindingChange, LogRecord } from '#contracts';
import { createEvaluator, type Evaluator, loadCatalogue, parseRule } from '#diagnosis-rules';
import { neutralCode } from '#registry';
import { factRecord, HOUR, MINUTE, SECOND } from '#runtime';
import { FRIDGE, judge, KNOWN_FOR, lifeOf, NOON, newEvaluator, telemetry, toReadings, withTicks } from './life.ts';
import { ruleText } from './rule-text.ts';

const said = (changes: readonly FindingChange[]): Finding => changes.at(-1)!.finding;
const probability = ({ causes }: Finding, cause: string): number =>
  causes.find((ranked) => ranked.cause === cause)?.probability ?? 0;
const stateOf = ({ evidence }: Finding, symptom: string) => evidence.find((each) => each.symptom === symptom)?.state;

/** These values every so many minutes, for some hours. */
function hours(
  from: number,
  count: number,
  values: Record<string, unknown>,
  { everyMinutes = 5, model = 'stethos-reference-fridge' } = {},
): LogRecord[] {
  const records: LogRecord[] = [];
  for (let at = from; at < from + count * HOUR; at += everyMinutes * MINUTE) {
    records.push(telemetry(at + SECOND, { readings: [{ at, values }] }, { model }));
  }
  return withTicks(records, from, from + count * HOUR - MINUTE);
}

const selfTest = (at: number, values: object): LogRecord =>
  factRecord('command-result', at, FRIDGE, {
    command: FRIDGE,
    payload: Buffer.from(JSON.stringify({ outcome: 'done', values })).toString('base64'),
  });

describe('a self-test', () => {
  /** It is warm, and nothing else is told. */
  const warm = [
    ...hours(NOON - KNOWN_FOR, KNOWN_FOR / HOUR, { cabinet_temperature: 4 }),
    ...hours(NOON, 4, { cabinet_temperature: 14 }),
  ];
  const tested = (values: object): { before: Finding; after: Finding } => {
    const evaluator = newEvaluator();
    const before = said(judge(warm, evaluator));
    return { before, after: said(judge([selfTest(NOON + 4 * HOUR, values)], evaluator)) };
  };

  it('that finds a part broken speaks for it', () => {
    const { before, after } = tested({ fan_turns: false, compressor_starts: true });
    expect(after.id).toBe(before.id);
    expect(probability(after, 'evaporator-fan')).toBeGreaterThan(probability(before, 'evaporator-fan'));
    expect(new Map(after.answers.map(({ question, answer }) => [question, answer]))).toEqual(
      new Map([
        ['self-test.fan_turns', 'no'],
        ['self-test.compressor_starts', 'yes'],
      ]),
    );
  });

  it('is not offered again for what it told', () => {
    const { after } = tested({ fan_turns: true, compressor_starts: true, defrost_heater_heats: true });
    expect(after.test).toBeUndefined();
  });
});

describe("a maker's code", () => {
  const withCode = (code: string, model: string): { finding: Finding | undefined; evaluator: Evaluator } => {
    const evaluator = createEvaluator({ catalogue: loadCatalogue(), toReadings, neutralCode });
    const changes = judge(hours(NOON, 1, { cabinet_temperature: 4.5, fault_code: code }, { model }), evaluator);
    return { finding: changes.at(-1)?.finding, evaluator };
  };

  it.each([
    ['E6', 'stethos-reference-fridge', 'code-fan', 'evaporator-fan'],
    ['F4', 'fridge-without-door-sensor', 'code-fan', 'evaporator-fan'],
    ['E5', 'stethos-reference-fridge', 'code-defrost', 'evaporator-frosted'],
    ['E8', 'stethos-reference-fridge', 'code-refrigerant', 'refrigerant-leak'],
  ])('%s of %s is %s, which speaks for %s', (code, model, symptom, cause) => {
    const finding = withCode(code, model).finding!;
    expect(stateOf(finding, symptom)).toBe('present');
    const other = withCode(symptom === 'code-defrost' ? 'E7' : 'E5', 'stethos-reference-fridge').finding!;
    expect(probability(finding, cause)).toBeGreaterThan(probability(other, cause));
  });

  it.each([
    ['F4', 'stethos-reference-fridge'],
    ['E6', 'fridge-without-door-sensor'],
    ['0', 'stethos-reference-fridge'],
  ])('%s of %s means nothing', (code, model) => {
    expect(withCode(code, model).finding).toBeUndefined();
  });

  it('that is gone closes what it opened', () => {
    const { finding, evaluator } = withCode('E6', 'stethos-reference-fridge');
    const gone = judge(hours(NOON + HOUR, 3, { cabinet_temperature: 4.5, fault_code: '' }), evaluator);
    expect(gone.at(-1)).toMatchObject({ change: 'closed', finding: { id: finding!.id } });
  });
});

describe('a fridge that sends only what was set, and alarms', () => {
  it('whose temperature alarm rings ends in "unknown" and a question, never in a guess', () => {
    const only = { everyMinutes: 15, model: 'fridge-alarms-only' };
    const quiet = { set_point: 4, freezer_set_point: -18, temperature_alarm: false, door_open: null };
    const evaluator = newEvaluator();
    expect(judge(hours(NOON - KNOWN_FOR, KNOWN_FOR / HOUR, quiet, only), evaluator)).toEqual([]);
    const changes = judge(hours(NOON, 3, { ...quiet, temperature_alarm: true }, only), evaluator);
    expect(changes[0]!.change).toBe('opened');
    for (const { finding } of changes) {
      expect(finding.causes[0]!.cause).toBe('unknown');
      expect(finding.question).not.toBeNull();
    }
    expect(judge(hours(NOON + 3 * HOUR, 3, quiet, only), evaluator).at(-1)).toMatchObject({ change: 'closed' });
  });
});

describe('what people report', () => {
  const report = (at: number, ...codes: string[]): LogRecord => factRecord('report', at, FRIDGE, { codes, by: FRIDGE });
  const until = NOON + 3 * HOUR;

  it('opens, is evidence like any other, and is over when they take it back', () => {
    const evaluator = newEvaluator();
    expect(judge(lifeOf({ seed: 5, until }), evaluator)).toEqual([]);
    const opened = judge([report(until + SECOND, 'noise')], evaluator);
    expect(opened.map(({ change }) => change)).toEqual(['opened']);
    expect(stateOf(said(opened), 'reported-noise')).toBe('present');
    // What nobody said is not worth a line.
    expect(stateOf(said(opened), 'reported-frost')).toBeUndefined();
    const more = judge([report(until + MINUTE, 'frost')], evaluator);
    expect(stateOf(said(more), 'reported-frost')).toBe('present');
    expect(said(more).id).toBe(said(opened).id);
    const over = judge([report(until + 2 * MINUTE, 'works-fine')], evaluator);
    expect(over.map(({ change, finding }) => [change, finding.id])).toEqual([['closed', said(opened).id]]);
  });

  it('that nobody understands changes nothing', () => {
    const evaluator = newEvaluator();
    judge(lifeOf({ seed: 5, until }), evaluator);
    expect(judge([report(until + SECOND, 'plays-music')], evaluator)).toEqual([]);
  });
});

describe('an appliance that rests', () => {
  it('is not missed, and is missed after it should be back', () => {
    const evaluator = newEvaluator();
    judge(lifeOf({ seed: 5, until: NOON + HOUR }), evaluator);
    const restsUntil = NOON + 40 * HOUR;
    evaluator.take(factRecord('presence', NOON + HOUR, FRIDGE, { restsUntil, by: FRIDGE }), 0);
    expect(judge(withTicks([], NOON + HOUR, restsUntil - MINUTE), evaluator)).toEqual([]);
    const missed = judge(withTicks([], restsUntil, restsUntil + 24 * HOUR), evaluator);
    expect(missed.map(({ change, finding }) => [change, finding.problem])).toContainEqual([
      'opened',
      'appliance-silent',
    ]);
  });
});

describe('a remedy of the owner that did not help', () => {
  it('becomes a visit when it has had its time', () => {
    const visit = `      ifItStays:
        afterHours: 24
        by: technician
        skill: general
        parts: []
        urgency: days
        meanwhile: []`;
    const steps = '        - { en: Close the door., zh: 请关上门。 }';
    const rule = parseRule(ruleText().replace(steps, `${steps}\n${visit}`), 'test.yaml');
    const changes = judge(hours(NOON, 32, { cabinet_temperature: 12 }, { everyMinutes: 10 }), newEvaluator([rule]));
    const remedies = changes.map(({ finding }) => [
      finding.changedAt - NOON >= 24 * HOUR,
      finding.causes[0]!.remedy.by,
    ]);
    expect(new Set(remedies.map(String))).toEqual(new Set(['false,owner', 'true,technician']));
    expect(changes.map(({ change }) => change)).toEqual(['opened', 'changed']);
  });
});

describe('causes in a finding', () => {
  it('are the likely ones, the most likely first, and always what is not known', () => {
    const life = lifeOf({ seed: 1, until: NOON + 6 * HOUR, episodes: [{ what: 'compressor-start', fromMs: HOUR }] });
    const { causes } = said(judge(life));
    const all = Object.keys(loadCatalogue().find(({ id }) => id === 'refrigerator-cooling')!.causes);
    expect(causes.length).toBeGreaterThanOrEqual(3);
    expect(causes.length).toBeLessThan(all.length);
    expect(causes.map(({ cause }) => cause)).toContain('unknown');
    const shares = causes.map((ranked) => ranked.probability);
    expect(shares).toEqual(shares.toSorted((a, b) => b - a));
    for (const { cause, probability: share } of causes.slice(3))
      if (cause !== 'unknown') expect(share).toBeGreaterThan(0.02);
  });
});
