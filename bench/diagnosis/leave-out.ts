// The catalogue as if nobody had thought of a cause: what then comes in its place must be an honest "unknown".
import type { Catalogue } from '#diagnosis-rules';

type Rule = Catalogue[number];

const without = <T>(record: Readonly<Record<string, T>>, names: readonly string[]): Record<string, T> =>
  Object.fromEntries(Object.entries(record).filter(([name]) => !names.includes(name)));

function ruleWithout(rule: Rule, causes: readonly string[]): Rule {
  const questions = Object.entries(rule.questions).map(([name, question]) => {
    const answers = Object.entries(question.answers).map(
      ([answer, given]) => [answer, { ...given, likelihood: without(given.likelihood, causes) }] as const,
    );
    return [name, { ...question, answers: Object.fromEntries(answers) }] as const;
  });
  return { ...rule, causes: without(rule.causes, causes), questions: Object.fromEntries(questions) };
}

/** Null when no rule names one of the causes, or nothing but them. */
export function catalogueWithout(catalogue: Catalogue, causes: readonly string[]): Catalogue | null {
  const names = (rule: Rule) => Object.keys(rule.causes);
  const named = catalogue.some((rule) => names(rule).some((cause) => causes.includes(cause)));
  const emptied = catalogue.some((rule) => names(rule).every((cause) => causes.includes(cause)));
  return named && !emptied ? catalogue.map((rule) => ruleWithout(rule, causes)) : null;
}
