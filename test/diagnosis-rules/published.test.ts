// Versions of rules change over through the log: what is open goes on, a trial is silent, and history is run through again.
import { describe, expect, it } from 'vitest';
import type { FindingChange, LogRecord, Moment, RulesBody } from '#contracts';
import { createEvaluator, type Evaluator, parseRule } from '#diagnosis-rules';
import { factRecord, HOUR, MINUTE, SECOND } from '#runtime';
import { judge, NOON, newEvaluator, telemetry, toReadings, withTicks } from './life.ts';
import { type Parts, ruleText } from './rule-text.ts';

const FIRST = parseRule(ruleText(), 'test.yaml');
const version = (parts: Parts) => ({ version: parts.version ?? 1, text: ruleText(parts) });
const rules = (at: number, body: Omit<RulesBody, 'rule'>): LogRecord =>
  factRecord('rules', at, '', { rule: FIRST.id, ...body } satisfies RulesBody);

/** The air at this temperature, every five minutes for so long. */
function air(from: number, hours: number, celsius: number): LogRecord[] {
  const records: LogRecord[] = [];
  for (let at = from; at < from + hours * HOUR; at += 5 * MINUTE) {
    records.push(telemetry(at + SECOND, { readings: [{ at, values: { cabinet_temperature: celsius } }] }));
  }
  return withTicks(records, from, from + hours * HOUR - MINUTE);
}

const inShort = (changes: readonly FindingChange[]) =>
  changes.map(({ change, trial, finding }) => `${trial ? 'trial ' : ''}${change} v${finding.rule.version}`);

/** Every span to look at is looked at, with all that was heard. */
function lookAgain(evaluator: Evaluator, heard: readonly LogRecord[], said: readonly FindingChange[]): FindingChange[] {
  const known = [...new Map(said.filter(({ trial }) => !trial).map(({ finding }) => [finding.id, finding])).values()];
  return evaluator.takeLate().flatMap(({ appliance, from }) => {
    const { at } = evaluator.judgedTo(appliance)!;
    const moments: Moment[] = heard
      .filter(({ kind }) => kind === 'message')
      .flatMap((record, position) => toReadings(record, position)!.moments)
      .filter((moment) => moment.at <= at);
    return evaluator.lookAgain({ appliance, since: from, moments, known });
  });
}

const COLD = air(NOON, 1, 5);
const WARM = air(NOON + HOUR, 1, 9.5);
const AT = NOON + 2 * HOUR;
const open = (): { evaluator: Evaluator; said: FindingChange[]; id: string } => {
  const evaluator = newEvaluator([FIRST]);
  const said = judge([...COLD, ...WARM], evaluator);
  expect(inShort(said)).toEqual(['opened v1']);
  return { evaluator, said, id: said[0]!.finding.id };
};
const put = (evaluator: Evaluator, record: LogRecord): FindingChange[] => evaluator.take(record, 0);

describe('a new version', () => {
  it('takes over what is open: the same finding, by the new version, since when it was', () => {
    const { evaluator, id } = open();
    const changes = put(evaluator, rules(AT, { live: version({ version: 2, title: 'Much too warm' }), trial: null }));
    expect(changes).toHaveLength(1);
    expect(changes[0]).toMatchObject({
      change: 'changed',
      finding: { id, rule: { version: 2 }, openedAt: NOON + HOUR },
    });
    expect(changes[0]!.finding.title.en).toBe('Much too warm');
    expect(changes[0]!.finding.evidence[0]).toMatchObject({ symptom: 'warm', state: 'present', since: NOON + HOUR });
  });

  it('whose symptoms mean something else waits for history before it says that anything is over', () => {
    const { evaluator, said, id } = open();
    const stricter = rules(AT, { live: version({ version: 2, above: 9 }), trial: null });
    said.push(...put(evaluator, stricter));
    said.push(...judge(air(AT, 1, 9.5), evaluator));
    expect(said.filter(({ change }) => change !== 'opened' && change !== 'changed')).toEqual([]);
    const looked = lookAgain(evaluator, [...COLD, ...WARM, ...air(AT, 1, 9.5)], said);
    expect([...said, ...looked].map(({ finding }) => finding.id)).toEqual([...said, ...looked].map(() => id));
    const last = [...said, ...looked].at(-1)!;
    expect(last.finding).toMatchObject({ state: 'open', rule: { version: 2 } });
    expect(last.finding.evidence[0]).toMatchObject({ symptom: 'warm', state: 'present', since: NOON + HOUR });
    expect(inShort(judge(air(AT + HOUR, 1, 5), evaluator))).toEqual(['closed v2']);
  });

  it('goes on by what it sees itself when history cannot be read for a day', () => {
    const { evaluator } = open();
    put(evaluator, rules(AT, { live: version({ version: 2, above: 9 }), trial: null }));
    const changes = judge(air(AT, 30, 5), evaluator);
    expect(inShort(changes)).toEqual(['closed v2']);
    expect(changes[0]!.finding.closedAt! - AT).toBeLessThanOrEqual(24 * HOUR + 5 * MINUTE);
  });

  it('by which it would never have opened withdraws it, once history was run through', () => {
    const { evaluator, said, id } = open();
    said.push(...put(evaluator, rules(AT, { live: version({ version: 2, above: 11 }), trial: null })));
    const looked = lookAgain(evaluator, [...COLD, ...WARM], said);
    expect(looked.map(({ change, finding }) => [change, finding.id])).toEqual([['withdrawn', id]]);
    expect(judge(air(AT, 1, 9.5), evaluator)).toEqual([]);
  });

  it('by which it would have opened earlier opens it where nothing was open', () => {
    const evaluator = newEvaluator([FIRST]);
    const heard = [...COLD, ...air(NOON + HOUR, 1, 7)];
    const said = judge(heard, evaluator);
    expect(said).toEqual([]);
    put(evaluator, rules(AT, { live: version({ version: 2, above: 6 }), trial: null }));
    const looked = lookAgain(evaluator, heard, said);
    expect(inShort(looked)).toEqual(['opened v2']);
    expect(looked[0]!.finding.openedAt).toBe(NOON + HOUR);
  });

  it('is taken back by publishing the one before', () => {
    const { evaluator, said, id } = open();
    said.push(...put(evaluator, rules(AT, { live: version({ version: 2, title: 'Much too warm' }), trial: null })));
    const back = put(evaluator, rules(AT + MINUTE, { live: version({}), trial: null }));
    expect(inShort(back)).toEqual(['changed v1']);
    expect(back[0]!.finding.id).toBe(id);
    expect(lookAgain(evaluator, [...COLD, ...WARM], [...said, ...back])).toEqual([]);
    expect(inShort(judge(air(AT + MINUTE, 1, 5), evaluator))).toEqual(['closed v1']);
  });

  it('of a rule that is not known yet is judged from then on', () => {
    const evaluator = newEvaluator([]);
    judge(WARM, evaluator);
    put(evaluator, rules(AT, { live: version({}), trial: null }));
    expect(inShort(judge(air(AT, 1, 9.5), evaluator))).toEqual(['opened v1']);
  });

  it('that is retired closes what is open and is silent from then on', () => {
    const { evaluator, id } = open();
    const closed = put(evaluator, rules(AT, { live: null, trial: null }));
    expect(closed.map(({ change, finding }) => [change, finding.id])).toEqual([['closed', id]]);
    expect(judge(air(AT, 1, 12), evaluator)).toEqual([]);
  });
});

describe('the same body twice', () => {
  it('is nothing, and no reason to look again', () => {
    const { evaluator } = open();
    const second = (at: number) => rules(at, { live: version({ version: 2, above: 9 }), trial: null });
    put(evaluator, second(AT));
    expect(evaluator.takeLate()).toHaveLength(1);
    expect(put(evaluator, second(AT + MINUTE))).toEqual([]);
    expect(evaluator.takeLate()).toEqual([]);
    expect(put(evaluator, rules(AT, { live: version({ version: 2, above: 9 }), trial: null }))).toEqual([]);
  });

  it('that says what is judged already is nothing', () => {
    const { evaluator } = open();
    expect(put(evaluator, rules(AT, { live: version({}), trial: null }))).toEqual([]);
    expect(evaluator.takeLate()).toEqual([]);
  });
});

describe('a version on trial', () => {
  const trial = rules(NOON, { live: version({}), trial: version({ version: 2, above: 6 }) });

  it('says everything aside, and moves nothing that people are told', () => {
    const evaluator = newEvaluator([FIRST]);
    const life = [...air(NOON, 1, 7), ...air(NOON + HOUR, 1, 9.5), ...air(AT, 1, 5)];
    const said = judge([trial, ...life], evaluator);
    const plain = judge(life, newEvaluator([FIRST]));
    expect(said.filter((change) => !change.trial)).toEqual(plain);
    expect(inShort(said.filter((change) => change.trial))).toEqual(['trial opened v2', 'trial closed v2']);
    const [opened, closed] = said.filter((change) => change.trial);
    expect([opened!.finding.openedAt, closed!.finding.closedAt]).toEqual([NOON, AT]);
  });

  it('that ends leaves nothing open', () => {
    const evaluator = newEvaluator([FIRST]);
    judge([trial, ...air(NOON, 1, 7)], evaluator);
    const ended = put(evaluator, rules(NOON + HOUR, { live: version({}), trial: null }));
    expect(inShort(ended)).toEqual(['trial closed v2']);
    expect(judge(air(NOON + HOUR, 1, 7), evaluator)).toEqual([]);
  });

  it('that goes live judges from its own history on', () => {
    const evaluator = newEvaluator([FIRST]);
    const heard = air(NOON, 1, 7);
    const said = judge([trial, ...heard], evaluator);
    said.push(...put(evaluator, rules(NOON + HOUR, { live: version({ version: 2, above: 6 }), trial: null })));
    said.push(...lookAgain(evaluator, heard, said));
    expect(inShort(said)).toEqual(['trial opened v2', 'trial closed v2', 'opened v2']);
    expect(said.at(-1)!.finding.openedAt).toBe(NOON);
  });
});

describe('a snapshot', () => {
  it('in between changes nothing, wherever it is taken', () => {
    const records = [
      ...COLD,
      ...WARM,
      rules(AT, {
        live: version({ version: 2, above: 9, title: 'Much too warm' }),
        trial: version({ version: 3, above: 6 }),
      }),
      ...air(AT, 1, 9.5),
      rules(AT + HOUR, { live: version({ version: 3, above: 6 }), trial: null }),
      ...air(AT + HOUR, 1, 5),
    ];
    const live = (evaluator: Evaluator, from: number, to: number): FindingChange[] =>
      judge(records.slice(from, to), evaluator);
    const whole = live(newEvaluator([FIRST]), 0, records.length);
    expect(whole.length).toBeGreaterThan(3);
    for (const cut of [60, 130, 144, 145, 146, 147, 200, 217, 218, 219, 250]) {
      const first = newEvaluator([FIRST]);
      const before = live(first, 0, cut);
      const second = createEvaluator({ catalogue: [], toReadings, snapshot: first.snapshot() });
      expect([...before, ...live(second, cut, records.length)]).toEqual(whole);
    }
  });
});
