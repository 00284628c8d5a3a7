// The parts of diagnosis as tables.

import * as fs from 'node:fs';
import * as path from 'node:path';
import { describe, expect, it } from 'vitest';
import { parseRule } from '#diagnosis-rules';
import {
  all,
  any,
  type Check,
  compile,
  FALSE,
  not,
  TRUE,
  type Truth,
  UNKNOWN,
} from '../../diagnosis-rules/conditions.ts';
import type { View } from '../../diagnosis-rules/features.ts';
import { emptyMemory } from '../../diagnosis-rules/memory.ts';
import { remember } from '../../diagnosis-rules/remember.ts';
import {
  absentSymptom,
  absentSymptoms,
  isAbsent,
  isPresent,
  nextSymptom,
  readSymptom,
  type SymptomMemory,
  shownState,
  writeSymptom,
} from '../../diagnosis-rules/symptoms.ts';
import { ALONE, moment } from './moments.ts';

const [T, F, U] = [TRUE, FALSE, UNKNOWN] as const;
const word = (truth: Truth): string => ({ [T]: 'true', [F]: 'false', [U]: 'unknown' })[truth];
const NOWHERE: View = { m: emptyMemory(), at: 0, silentMs: 0 };

describe('three-valued logic', () => {
  const said =
    (truth: Truth): Check =>
    () =>
      truth;
  it.each([
    [[T, T], T, T],
    [[T, F], F, T],
    [[F, F], F, F],
    [[T, U], U, T],
    [[F, U], F, U],
    [[U, U], U, U],
  ] as const)('of %j (1 true, 0 false, -1 unknown): all %i, any %i', (truths, allOf, anyOf) => {
    for (const order of [truths, truths.toReversed()]) {
      expect(all(order.map(said))(NOWHERE, false)).toBe(allOf);
      expect(any(order.map(said))(NOWHERE, false)).toBe(anyOf);
    }
  });
  it('not unknown is unknown', () => {
    expect([not(T), not(F), not(U)]).toEqual([F, T, U]);
  });
  it('a condition inside a condition keeps what is unknown', () => {
    const deep = all([any([said(F), said(U)]), said(T)]);
    expect(deep(NOWHERE, false)).toBe(U);
    expect(any([all([said(U), said(F)]), said(F)])(NOWHERE, false)).toBe(F);
  });
});

describe('a comparison', () => {
  const SEEN = { m: emptyMemory(), at: 0, silentMs: 0 };
  remember(SEEN.m, moment(0, { cabinet_temperature: 6, set_point: 4, door_alarm: false }), ALONE);
  it.each([
    // the condition, while it holds already, what it says
    [{ feature: 'cabinet_temperature', above: 5 }, false, T],
    [{ feature: 'cabinet_temperature', above: 6 }, false, F],
    [{ feature: 'cabinet_temperature', below: 6 }, false, F],
    [{ feature: 'cabinet_temperature', above: 6.5, hysteresis: 1 }, false, F],
    [{ feature: 'cabinet_temperature', above: 6.5, hysteresis: 1 }, true, T],
    [{ feature: 'cabinet_temperature', below: 5.5, hysteresis: 1 }, true, T],
    [{ not: { feature: 'cabinet_temperature', above: 6.5, hysteresis: 1 } }, true, T],
    [{ feature: 'cabinet_temperature', above: { of: 'set_point', plus: 1, otherwise: 9 } }, false, T],
    [{ feature: 'cabinet_temperature', above: { of: 'set_point', plus: 1, atLeast: 7, otherwise: 0 } }, false, F],
    [{ feature: 'cabinet_temperature', above: { of: 'freezer_set_point', plus: 1, otherwise: 5 } }, false, T],
    [{ feature: 'door_alarm', is: false }, false, T],
    [{ feature: 'door_alarm', is: true }, false, F],
    [{ feature: 'freezer_temperature', above: -20 }, false, U],
    [{ feature: 'freezer_temperature', below: -20 }, true, U],
    [{ feature: 'freezer_alarm', is: false }, false, U],
    [{ not: { feature: 'freezer_alarm', is: false } }, false, U],
  ] as const)('%j, holding %s', (condition, holding, truth) => {
    const given = structuredClone(condition) as Parameters<typeof compile>[0];
    if ('feature' in given && typeof given.above === 'object') given.above.plus ??= 0;
    expect(word(compile(given)(SEEN, holding))).toBe(word(truth));
  });
});

describe('the life of a symptom (for 10, clear 5)', () => {
  const at = (state: SymptomMemory['state'], since: number, clearingSince: number | null = null): SymptomMemory => ({
    state,
    since,
    clearingSince,
    known: true,
    by: 0,
  });
  it.each([
    // from, the condition, now, to, since
    [at('absent', 0), T, 100, 'pending', 100],
    [at('absent', 0), F, 100, 'absent', 0],
    [at('absent', 0), U, 100, 'absent', 0],
    [at('pending', 100), T, 109, 'pending', 100],
    [at('pending', 100), T, 110, 'present', 100],
    [at('pending', 100), F, 105, 'absent', 0],
    [at('pending', 100), U, 105, 'absent', 0],
    [at('present', 100), T, 200, 'present', 100],
    [at('present', 100), U, 200, 'present', 100],
    [at('present', 100), F, 200, 'present', 100],
    [at('present', 100, 200), F, 204, 'present', 100],
    [at('present', 100, 200), F, 205, 'absent', 0],
    [at('present', 100, 200), T, 204, 'present', 100],
  ] as const)('%j + %i at %i -> %s since %i', (memory, truth, now, state, since) => {
    expect(nextSymptom(memory, truth, now, 10, 5)).toMatchObject({ state, since });
  });
  it('begins clearing anew after it held again; no data neither clears nor holds', () => {
    expect(nextSymptom(at('present', 1, 200), T, 204, 10, 5).clearingSince).toBeNull();
    expect(nextSymptom(at('present', 1, 200), U, 206, 10, 5)).toMatchObject({ state: 'present', clearingSince: 200 });
    expect(nextSymptom(at('present', 1, null), U, 206, 10, 5).clearingSince).toBeNull();
  });
  it('is present at once without a time to hold', () => {
    expect(nextSymptom(absentSymptom(), T, 7, 0, 0)).toMatchObject({ state: 'present', since: 7 });
  });
});

describe('symptoms side by side', () => {
  const ROWS: readonly [SymptomMemory, ReturnType<typeof shownState>][] = [
    [{ state: 'absent', since: 0, clearingSince: null, known: false, by: 0 }, 'unknown'],
    [{ state: 'absent', since: 0, clearingSince: null, known: true, by: 0 }, 'absent'],
    [{ state: 'pending', since: 80, clearingSince: null, known: true, by: 0 }, 'pending'],
    [{ state: 'pending', since: 80, clearingSince: null, known: false, by: 0 }, 'unknown'],
    [{ state: 'present', since: 1_750_000_000_123, clearingSince: null, known: true, by: 0 }, 'present'],
    [{ state: 'present', since: 90, clearingSince: 95, known: true, by: 2 }, 'present'],
    [{ state: 'present', since: 90, clearingSince: null, known: false, by: 0 }, 'present'],
  ];
  it('are kept each in its place, and read as they were written', () => {
    const packed = absentSymptoms(ROWS.length);
    for (const [index, [memory]] of ROWS.entries()) writeSymptom(packed, index, memory);
    for (const [index, [memory, shown]] of ROWS.entries()) {
      expect(readSymptom(packed, index)).toEqual(memory);
      expect(shownState(readSymptom(packed, index))).toBe(shown);
      expect([isAbsent(packed, index), isPresent(packed, index)]).toEqual([
        memory.state === 'absent',
        memory.state === 'present',
      ]);
    }
  });
  it('begin unknown', () => {
    expect(readSymptom(absentSymptoms(1), 0)).toEqual(absentSymptom());
  });
  it('that were unknown do not come back as what they were before', () => {
    const packed = absentSymptoms(2);
    writeSymptom(packed, 0, ROWS[4]![0]);
    writeSymptom(packed, 0, absentSymptom());
    expect(packed).toEqual(absentSymptoms(2));
  });
});

describe('a rule document', () => {
  const folder = path.join(import.meta.dirname, '../../diagnosis-rules/catalogue');
  const good = fs.readFileSync(path.join(folder, 'refrigerator-cooling.yaml'), 'utf8');
  it.each([
    [
      'an unknown feature',
      good.replace('feature: food_temperature, above: 8', 'feature: foot_temperature, above: 8'),
      /rule\.yaml:\d+.*unknown feature "foot_temperature"; known: cabinet_temperature/,
    ],
    [
      'an unknown symptom',
      good.replace('  food-danger: critical', '  food-dangr: critical'),
      /unknown symptom "food-dangr"/,
    ],
    ['a misspelt key', good.replace('forMinutes: 30', 'forMinuts: 30'), /forMinuts/],
    ['broken YAML', `${good}\n  - [`, /rule\.yaml:\d+/],
    [
      'two comparisons in one',
      good.replace('above: 8, hysteresis: 1', 'above: 8, below: 9'),
      /exactly one of above, below, is/,
    ],
  ])('with %s names the line and what would be right', (_, text, message) => {
    expect(text).not.toBe(good);
    expect(() => parseRule(text, 'rule.yaml')).toThrow(message);
  });
});
