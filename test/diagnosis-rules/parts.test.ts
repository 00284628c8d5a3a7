// The parts of diagnosis as tables.

import * as fs from 'node:fs';
import * as path from 'node:path';
import { describe, expect, it } from 'vitest';
import { parseRule } from '#diagnosis-rules';
import { all, any, not } from '../../diagnosis-rules/conditions.ts';
import { absentSymptom, nextSymptom, type SymptomMemory } from '../../diagnosis-rules/symptoms.ts';

describe('three-valued logic', () => {
  const T = true;
  const F = false;
  const U = null;
  it.each([
    [[T, T], T, T],
    [[T, F], F, T],
    [[F, F], F, F],
    [[T, U], U, T],
    [[F, U], F, U],
    [[U, U], U, U],
  ] as const)('%j: all %s, any %s', (truths, allOf, anyOf) => {
    expect(all(truths, (truth) => truth)).toBe(allOf);
    expect(any(truths, (truth) => truth)).toBe(anyOf);
  });
  it('not unknown is unknown', () => {
    expect([not(T), not(F), not(U)]).toEqual([F, T, U]);
  });
});

describe('the life of a symptom (for 10, clear 5)', () => {
  const at = (state: SymptomMemory['state'], since: number, clearingSince: number | null = null): SymptomMemory => ({
    state,
    since,
    clearingSince,
    known: true,
  });
  it.each([
    // from, the condition, now, to, since
    [at('absent', 0), true, 100, 'pending', 100],
    [at('absent', 0), false, 100, 'absent', 0],
    [at('absent', 0), null, 100, 'absent', 0],
    [at('pending', 100), true, 109, 'pending', 100],
    [at('pending', 100), true, 110, 'present', 100],
    [at('pending', 100), false, 105, 'absent', 105],
    [at('pending', 100), null, 105, 'absent', 105],
    [at('present', 100), true, 200, 'present', 100],
    [at('present', 100), null, 200, 'present', 100],
    [at('present', 100), false, 200, 'present', 100],
    [at('present', 100, 200), false, 204, 'present', 100],
    [at('present', 100, 200), false, 205, 'absent', 205],
    [at('present', 100, 200), true, 204, 'present', 100],
  ] as const)('%j + %s at %i -> %s', (memory, truth, now, state, since) => {
    expect(nextSymptom(memory, truth, now, 10, 5)).toMatchObject({ state, since });
  });
  it('begins clearing anew after it held again, and no data is not clearing', () => {
    expect(nextSymptom(at('present', 1, 200), true, 204, 10, 5).clearingSince).toBeNull();
    expect(nextSymptom(at('present', 1, 200), null, 204, 10, 5).clearingSince).toBeNull();
  });
  it('is present at once without a time to hold', () => {
    expect(nextSymptom(absentSymptom(), true, 7, 0, 0)).toMatchObject({ state: 'present', since: 7 });
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
