// A condition as a tree of lines, each with its number, its threshold and whether it holds.
import { type ConditionLine, compose, type Phrase, type Quantity, type Truth as Said } from '#contracts';
import { compile, TRUE, type Truth, thresholdValue, UNKNOWN } from '../conditions.ts';
import { wordsOf } from '../feature-words.ts';
import { FEATURES, type Feature, quantityOf, type View } from '../features.ts';
import type { Condition } from '../rule.ts';

export type Comparison = Extract<Condition, { feature: string }>;

/** As a tree is read: a line belongs to the nearest one above it with a smaller depth. */
export type ConditionTold = ConditionLine[];

export const saidOf = (truth: Truth): Said => (truth === UNKNOWN ? 'unknown' : truth === TRUE ? 'yes' : 'no');

const known = (feature: Feature, value: number): Quantity | null =>
  Number.isFinite(value) ? quantityOf(feature, value) : null;

/** A distance between two temperatures is counted in kelvins. */
const distanceOf = (feature: Feature, value: number): Quantity => {
  const { value: size, unit } = quantityOf(feature, value);
  return { value: size, unit: unit === 'Cel' ? 'K' : unit };
};

/** The number it is held against now; null for what is or is not. */
export function limitOf({ above, below }: Comparison, view: View): number | null {
  const threshold = above ?? below;
  return threshold === undefined ? null : thresholdValue(threshold, view);
}

const MEASURED = {
  over: ['{it} above {limit}', '{it}高于 {limit}'],
  under: ['{it} below {limit}', '{it}低于 {limit}'],
} as const;
const COUNTED = {
  over: ['{it}: more than {limit}', '{it}超过 {limit}'],
  under: ['{it}: less than {limit}', '{it}不到 {limit}'],
} as const;
/** Times and numbers of something are more or less, not higher or lower. */
const isCounted = ({ unit }: Feature): boolean => unit === 'duration' || unit === '1';

/** "Fridge temperature above 8 °C", by the number; `turned`: what it is when it does not hold. */
export function comparisonText(comparison: Comparison, limit: number | null, turned = false): Phrase {
  const { feature: name, above, is } = comparison;
  const words = wordsOf(name);
  if (limit === null) {
    const so = is !== turned;
    return (
      (so ? words.yes : words.no) ??
      compose(so ? '{it}: yes' : '{it}: no', so ? '{it}：是' : '{it}：否', { it: words.name })
    );
  }
  const feature = FEATURES.get(name)!;
  const over = (above !== undefined) !== turned;
  const [en, zh] = (isCounted(feature) ? COUNTED : MEASURED)[over ? 'over' : 'under'];
  return compose(en, zh, { it: words.name, limit: quantityOf(feature, limit) });
}

function leaf(comparison: Comparison, view: View, depth: number, truth: Truth): ConditionLine {
  const feature = FEATURES.get(comparison.feature)!;
  const limit = limitOf(comparison, view);
  const { hysteresis } = comparison;
  return {
    depth,
    join: 'feature',
    truth: saidOf(truth),
    text: comparisonText(comparison, limit),
    feature: comparison.feature,
    // What is or is not has no number.
    value: limit === null ? null : known(feature, feature.read(view)),
    threshold: limit === null ? null : known(feature, limit),
    hysteresis: hysteresis === undefined ? null : distanceOf(feature, hysteresis),
    signals: [...feature.signals],
  };
}

const JOINS = {
  all: { en: 'All of these', zh: '以下全部成立' },
  any: { en: 'Any of these', zh: '以下任一成立' },
  not: { en: 'Not so', zh: '以下不成立' },
} satisfies Record<string, Phrase>;

/** `holding`: its symptom is present, so that thresholds stand back by their hysteresis. */
export function linesOf(condition: Condition, view: View, holding: boolean, depth = 0): ConditionLine[] {
  const truth = compile(condition)(view, holding);
  if ('feature' in condition) return [leaf(condition, view, depth, truth)];
  const join = 'all' in condition ? 'all' : 'any' in condition ? 'any' : 'not';
  const parts = 'all' in condition ? condition.all : 'any' in condition ? condition.any : [condition.not];
  const head: ConditionLine = {
    depth,
    join,
    truth: saidOf(truth),
    text: JOINS[join],
    feature: null,
    value: null,
    threshold: null,
    hysteresis: null,
    signals: [],
  };
  return [head, ...parts.flatMap((part) => linesOf(part, view, holding && join !== 'not', depth + 1))];
}
