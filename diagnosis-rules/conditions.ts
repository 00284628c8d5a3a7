// Three-valued logic (Kleene): true, false, or null for unknown. No data is never read as true or false.
import { FEATURES, type View } from './features.ts';
import type { Condition, Threshold } from './rule.ts';

export type Truth = boolean | null;

export const not = (a: Truth): Truth => (a === null ? null : !a);

/** Looks at no more parts than needed: `all` ends at the first that is false, `any` at the first that is true. */
export const all = <Part>(parts: readonly Part[], truthOf: (part: Part) => Truth): Truth => upTo(false, parts, truthOf);
export const any = <Part>(parts: readonly Part[], truthOf: (part: Part) => Truth): Truth => upTo(true, parts, truthOf);

function upTo<Part>(deciding: boolean, parts: readonly Part[], truthOf: (part: Part) => Truth): Truth {
  let unknown = false;
  for (const part of parts) {
    const truth = truthOf(part);
    if (truth === deciding) return deciding;
    if (truth === null) unknown = true;
  }
  return unknown ? null : !deciding;
}

export function thresholdValue(threshold: Threshold, view: View): number {
  if (typeof threshold === 'number') return threshold;
  const base = FEATURES.get(threshold.of)!.compute(view);
  if (typeof base !== 'number') return threshold.otherwise;
  return Math.max(base + threshold.plus, threshold.atLeast ?? Number.NEGATIVE_INFINITY);
}

/** `holding`: the symptom is present now, so the thresholds stand back by their hysteresis. */
export function judge(condition: Condition, view: View, holding: boolean): Truth {
  if ('all' in condition) return all(condition.all, (part) => judge(part, view, holding));
  if ('any' in condition) return any(condition.any, (part) => judge(part, view, holding));
  if ('not' in condition) return not(judge(condition.not, view, holding));
  const value = FEATURES.get(condition.feature)!.compute(view);
  if (value === null) return null;
  if (condition.is !== undefined) return value === condition.is;
  const slack = holding ? (condition.hysteresis ?? 0) : 0;
  if (condition.above !== undefined) return Number(value) > thresholdValue(condition.above, view) - slack;
  return Number(value) < thresholdValue(condition.below!, view) + slack;
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
