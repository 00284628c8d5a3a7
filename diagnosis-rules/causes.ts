// Ranking causes: prior times the likelihood of what is seen, normalised (naive Bayes). What is unknown says nothing.
import { UNKNOWN_CAUSE } from '#contracts';
import type { CompiledRule } from './compiled-rule.ts';
import { readSymptom, type Symptoms, shownState } from './symptoms.ts';

/** An answer of a person, or one value of a test's result: `question` is then "command.value", `answer` yes or no. */
export type Given = { question: string; answer: string; at: number };
export type Ranked = { cause: string; probability: number };

function normalise(weights: Map<string, number>): Ranked[] {
  const total = [...weights.values()].reduce((sum, weight) => sum + weight, 0);
  return [...weights]
    .map(([cause, weight]) => ({ cause, probability: weight / total }))
    .sort((a, b) => b.probability - a.probability || a.cause.localeCompare(b.cause));
}

type Likelihoods = Readonly<Record<string, number>>;

const testResult = (command: string, value: string): string => `${command}.${value}`;

/** What an answer says of each cause; null for one that this rule does not know. */
function saidBy({ rule }: CompiledRule, { question, answer }: Given): Likelihoods | null {
  const asked = rule.questions[question]?.answers[answer];
  if (asked) return asked.likelihood;
  for (const [command, { results }] of Object.entries(rule.tests)) {
    for (const [value, result] of Object.entries(results)) {
      if (testResult(command, value) === question) return answer === 'yes' ? result.yes : result.no;
    }
  }
  return null;
}

/** A cause that an answer does not mention is as likely to get it as not. */
const UNMENTIONED = 0.5;

/** What is present in every other case tells nothing apart. */
const TELLING_BASE = 0.2;

/** `openers`: symptoms that opened the episode; they count to its end. */
export function rankCauses(
  compiled: CompiledRule,
  symptoms: Symptoms,
  openers: ReadonlySet<string>,
  answers: readonly Given[],
): Ranked[] {
  const logs = compiled.causes.map(({ cause }) => Math.log(cause.prior));
  let telling = answers.length > 0;
  for (const [index, { name }] of compiled.symptoms.entries()) {
    const state = openers.has(name) ? 'present' : shownState(readSymptom(symptoms, index));
    if (state === 'unknown' || state === 'pending') continue;
    const { weighs, base } = compiled.symptoms[index]!.symptom;
    if (state === 'present' && weighs && base <= TELLING_BASE) telling = true;
    for (const [i, cause] of compiled.causes.entries())
      logs[i]! += (state === 'present' ? cause.present : cause.absent)[index]!;
  }
  for (const given of answers) {
    const said = saidBy(compiled, given);
    if (!said) continue;
    for (const [i, { name }] of compiled.causes.entries()) logs[i]! += Math.log(said[name] ?? UNMENTIONED);
  }
  const highest = Math.max(...logs);
  const weights = new Map(compiled.causes.map(({ name }, i) => [name, Math.exp(logs[i]! - highest)]));
  if (!telling) admitIgnorance(weights);
  return normalise(weights);
}

/** Nothing that was seen tells causes apart: what is common is then a guess, and half of the truth is that nobody knows. */
function admitIgnorance(weights: Map<string, number>): void {
  const unknown = weights.get(UNKNOWN_CAUSE);
  if (unknown === undefined) return;
  const named = [...weights.values()].reduce((sum, weight) => sum + weight, 0) - unknown;
  weights.set(UNKNOWN_CAUSE, Math.max(unknown, named));
}

const entropy = (ranked: readonly Ranked[]): number =>
  ranked.reduce((sum, { probability }) => (probability > 0 ? sum - probability * Math.log2(probability) : sum), 0);

/** Bits that are told on average by what has these outcomes. */
function expectedGain(ranked: readonly Ranked[], outcomes: readonly Likelihoods[]): number {
  let after = 0;
  for (const likelihood of outcomes) {
    const weights = new Map(
      ranked.map(({ cause, probability }) => [cause, probability * (likelihood[cause] ?? UNMENTIONED)]),
    );
    const chance = [...weights.values()].reduce((sum, weight) => sum + weight, 0);
    after += chance * entropy(normalise(weights));
  }
  return entropy(ranked) - after;
}

const WORTH_ASKING_BITS = 0.05;

type Ask = { name: string; gain: number };
const best = (asks: Ask[]): Ask | null => {
  const [first] = asks.sort((a, b) => b.gain - a.gain);
  return first && first.gain >= WORTH_ASKING_BITS ? first : null;
};

/**
 * The one question, and the one remote test, that split the remaining causes best; none when a sensor already knows, or
 * it was answered. A test is offered only where it tells more than the question.
 */
export function bestQuestion(
  compiled: CompiledRule,
  ranked: readonly Ranked[],
  symptoms: Symptoms,
  answers: readonly Given[],
): { question: string | null; test: string | null } {
  const { rule, indexOf } = compiled;
  const isOpen = (unlessKnown: readonly string[]): boolean =>
    unlessKnown.every((name) => shownState(readSymptom(symptoms, indexOf.get(name)!)) === 'unknown');
  const isNew = (name: string): boolean => !answers.some((given) => given.question === name);
  const questions = Object.entries(rule.questions)
    .filter(([name, { unlessKnown }]) => isNew(name) && isOpen(unlessKnown))
    .map(([name, { answers: possible }]) => ({
      name,
      gain: expectedGain(
        ranked,
        Object.values(possible).map(({ likelihood }) => likelihood),
      ),
    }));
  const tests = Object.entries(rule.tests)
    .filter(
      ([command, { results, unlessKnown }]) =>
        isOpen(unlessKnown) && Object.keys(results).every((value) => isNew(testResult(command, value))),
    )
    .map(([name, { results }]) => ({
      name,
      gain: Math.max(...Object.values(results).map(({ yes, no }) => expectedGain(ranked, [yes, no]))),
    }));
  const question = best(questions);
  const test = best(tests);
  return {
    question: question?.name ?? null,
    test: test && test.gain > (question?.gain ?? 0) ? test.name : null,
  };
}

/** A test's result as answers to what the rule would know. */
export const givenByTest = (command: string, result: Readonly<Record<string, boolean>>, at: number): Given[] =>
  Object.entries(result).map(([value, works]) => ({
    question: testResult(command, value),
    answer: works ? 'yes' : 'no',
    at,
  }));
