// Ranking causes: prior times the likelihood of what is seen, normalised (naive Bayes). What is unknown says nothing.
import type { Rule } from './rule.ts';
import { type SymptomMemory, shownState } from './symptoms.ts';

export type Given = { question: string; answer: string; at: number };
export type Ranked = { cause: string; probability: number };

function normalise(weights: Map<string, number>): Ranked[] {
  const total = [...weights.values()].reduce((sum, weight) => sum + weight, 0);
  return [...weights]
    .map(([cause, weight]) => ({ cause, probability: weight / total }))
    .sort((a, b) => b.probability - a.probability || a.cause.localeCompare(b.cause));
}

export function rankCauses(rule: Rule, symptoms: Record<string, SymptomMemory>, answers: readonly Given[]): Ranked[] {
  const weights = new Map<string, number>();
  for (const [name, cause] of Object.entries(rule.causes)) {
    let weight = cause.prior;
    for (const [symptom, definition] of Object.entries(rule.symptoms)) {
      const state = symptoms[symptom] ? shownState(symptoms[symptom]) : 'unknown';
      const likelihood = cause.likelihood[symptom] ?? definition.base;
      if (state === 'present') weight *= likelihood;
      else if (state === 'absent') weight *= 1 - likelihood;
    }
    for (const { question, answer } of answers)
      weight *= rule.questions[question]?.answers[answer]?.likelihood[name] ?? 1;
    weights.set(name, weight);
  }
  return normalise(weights);
}

const entropy = (ranked: readonly Ranked[]): number =>
  ranked.reduce((sum, { probability }) => (probability > 0 ? sum - probability * Math.log2(probability) : sum), 0);

/** Bits that the answer would tell on average. */
function expectedGain(rule: Rule, question: string, ranked: readonly Ranked[]): number {
  let after = 0;
  for (const { likelihood } of Object.values(rule.questions[question]!.answers)) {
    const weights = new Map(ranked.map(({ cause, probability }) => [cause, probability * (likelihood[cause] ?? 0.5)]));
    const chance = [...weights.values()].reduce((sum, weight) => sum + weight, 0);
    after += chance * entropy(normalise(weights));
  }
  return entropy(ranked) - after;
}

const WORTH_ASKING_BITS = 0.05;

/** The one question that splits the remaining causes best; none when a sensor already knows, or it was answered. */
export function bestQuestion(
  rule: Rule,
  ranked: readonly Ranked[],
  symptoms: Record<string, SymptomMemory>,
  answers: readonly Given[],
): string | null {
  const open = Object.entries(rule.questions).filter(
    ([name, question]) =>
      !answers.some((given) => given.question === name) &&
      question.unlessKnown.every((symptom) => !symptoms[symptom] || shownState(symptoms[symptom]) === 'unknown'),
  );
  const gains = open
    .map(([name]) => ({ name, gain: expectedGain(rule, name, ranked) }))
    .sort((a, b) => b.gain - a.gain);
  return gains[0] && gains[0].gain >= WORTH_ASKING_BITS ? gains[0].name : null;
}
