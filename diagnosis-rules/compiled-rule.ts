// A rule made ready to judge with: names have become places, conditions functions.
import { UNKNOWN_CAUSE } from '#contracts';
import { MINUTE } from '#runtime';
import { any, type Check, compile, featuresIn } from './conditions.ts';
import { FEATURES } from './features.ts';
import type { Cause, Rule, Symptom } from './rule.ts';

export type CompiledSymptom = {
  name: string;
  symptom: Symptom;
  when: Check;
  /** The conditions of `when`, any of which is enough. */
  branches: readonly Check[];
  unless: readonly Check[];
  unsure: readonly Check[];
  forMs: number;
  clearMs: number;
};

export type CompiledCause = {
  name: string;
  cause: Cause;
  /** Of each symptom, in their order: natural logarithm of the likelihood that it is present, and that it is not. */
  present: Float64Array;
  absent: Float64Array;
};

export type CompiledRule = {
  rule: Rule;
  symptoms: readonly CompiledSymptom[];
  indexOf: ReadonlyMap<string, number>;
  /** Judged with every reading, and those judged every five minutes. */
  quick: readonly number[];
  slow: readonly number[];
  /** Symptoms that open the problem. */
  opens: readonly number[];
  causes: readonly CompiledCause[];
  /** How far it looks back to hold a symptom, ms. */
  longestForMs: number;
};

function compileCause(rule: Rule, name: string, cause: Cause): CompiledCause {
  const symptoms = Object.entries(rule.symptoms);
  const present = new Float64Array(symptoms.length);
  const absent = new Float64Array(symptoms.length);
  for (const [index, [symptom, { base, weighs }]] of symptoms.entries()) {
    if (!weighs) continue;
    const expected = cause.likelihood[symptom];
    const shown = expected ?? cause.may[symptom];
    const surprise = name === UNKNOWN_CAUSE && shown === undefined;
    present[index] = Math.log(surprise ? Math.max(rule.surprise, base) : (shown ?? base));
    absent[index] = Math.log(1 - (expected ?? base));
  }
  return { name, cause, present, absent };
}

export function compileRule(rule: Rule): CompiledRule {
  const symptoms = Object.entries(rule.symptoms).map(([name, symptom]) => {
    const branches = ('any' in symptom.when ? symptom.when.any : [symptom.when]).map(compile);
    return {
      name,
      symptom,
      when: any(branches),
      branches,
      unless: symptom.unless.map(compile),
      unsure: symptom.unsure.map(compile),
      forMs: symptom.forMinutes * MINUTE,
      clearMs: symptom.clearMinutes * MINUTE,
    };
  });
  const indexOf = new Map(symptoms.map(({ name }, index) => [name, index]));
  const isQuick = ({ symptom }: CompiledSymptom): boolean =>
    featuresIn(symptom.when).some((name) => FEATURES.get(name)!.pace === 'moment');
  const indices = symptoms.map((_, index) => index);
  return {
    rule,
    symptoms,
    indexOf,
    quick: indices.filter((index) => isQuick(symptoms[index]!)),
    slow: indices.filter((index) => !isQuick(symptoms[index]!)),
    opens: Object.keys(rule.opens).map((name) => indexOf.get(name)!),
    causes: Object.entries(rule.causes).map(([name, cause]) => compileCause(rule, name, cause)),
    longestForMs: Math.max(0, ...symptoms.map(({ forMs }) => forMs)),
  };
}
