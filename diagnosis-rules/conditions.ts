// Three-valued logic (Kleene), compiled once per rule: a condition becomes a function of the view. No data is never read
// as true or false.
import { FEATURES, type Feature, type View } from './features.ts';
import type { Condition, Threshold } from './rule.ts';

export const TRUE = 1;
export const FALSE = 0;
export const UNKNOWN = -1;
export type Truth = typeof TRUE | typeof FALSE | typeof UNKNOWN;

/** `holding`: the symptom is present now, so the thresholds stand back by their hysteresis. */
export type Check = (view: View, holding: boolean) => Truth;

export const not = (a: Truth): Truth => (a === UNKNOWN ? UNKNOWN : a === TRUE ? FALSE : TRUE);

/** `deciding` FALSE: all of them; TRUE: any of them. Looks at no more than needed. */
function upTo(deciding: Truth, parts: readonly Check[]): Check {
  if (parts.length === 1) return parts[0]!;
  const otherwise = not(deciding);
  return (view, holding) => {
    let unknown = false;
    for (let i = 0; i < parts.length; i++) {
      const truth = parts[i]!(view, holding);
      if (truth === deciding) return deciding;
      if (truth === UNKNOWN) unknown = true;
    }
    return unknown ? UNKNOWN : otherwise;
  };
}
export const all = (parts: readonly Check[]): Check => upTo(FALSE, parts);
export const any = (parts: readonly Check[]): Check => upTo(TRUE, parts);

const featureOf = (name: string): Feature => FEATURES.get(name)!;

export function thresholdValue(threshold: Threshold, view: View): number {
  if (typeof threshold === 'number') return threshold;
  const base = featureOf(threshold.of).read(view);
  if (Number.isNaN(base)) return threshold.otherwise;
  return Math.max(base + threshold.plus, threshold.atLeast ?? Number.NEGATIVE_INFINITY);
}

const truthOf = (value: number, holds: boolean): Truth => (Number.isNaN(value) ? UNKNOWN : holds ? TRUE : FALSE);

export function compile(condition: Condition): Check {
  if ('all' in condition) return all(condition.all.map(compile));
  if ('any' in condition) return any(condition.any.map(compile));
  if ('not' in condition) {
    const part = compile(condition.not);
    // Inside a negation the thresholds would stand back the wrong way.
    return (view) => not(part(view, false));
  }
  const { read } = featureOf(condition.feature);
  const slack = condition.hysteresis ?? 0;
  if (condition.is !== undefined) {
    const wanted = condition.is ? 1 : 0;
    return (view) => {
      const value = read(view);
      return truthOf(value, value === wanted);
    };
  }
  const { above, below } = condition;
  return above === undefined ? compare(read, below!, -1, slack) : compare(read, above, 1, slack);
}

/** `side` 1: above the threshold; -1: below it. */
function compare(read: Feature['read'], threshold: Threshold, side: 1 | -1, slack: number): Check {
  if (typeof threshold !== 'number')
    return (view, holding) =>
      isBeyond(read(view), thresholdValue(threshold, view) - (holding ? side * slack : 0), side);
  // Most are a number, and are looked at with every reading.
  const held = threshold - side * slack;
  return (view, holding) => isBeyond(read(view), holding ? held : threshold, side);
}

const isBeyond = (value: number, limit: number, side: 1 | -1): Truth =>
  truthOf(value, side === 1 ? value > limit : value < limit);

/** Features that the condition looks at. */
export function featuresIn(condition: Condition): string[] {
  if ('feature' in condition) {
    const threshold = condition.above ?? condition.below;
    return [condition.feature, ...(typeof threshold === 'object' ? [threshold.of] : [])];
  }
  const parts = 'all' in condition ? condition.all : 'any' in condition ? condition.any : [condition.not];
  return parts.flatMap(featuresIn);
}

/** The first threshold that is held against `feature`, for showing. */
export function shownThreshold(condition: Condition, feature: string, view: View): number | null {
  if ('feature' in condition) {
    const threshold = condition.above ?? condition.below;
    return condition.feature === feature && threshold !== undefined ? thresholdValue(threshold, view) : null;
  }
  const parts = 'all' in condition ? condition.all : 'any' in condition ? condition.any : [condition.not];
  for (const part of parts) {
    const found = shownThreshold(part, feature, view);
    if (found !== null) return found;
  }
  return null;
}
