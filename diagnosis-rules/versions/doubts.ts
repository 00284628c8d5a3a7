// What a rule may say by its form, and nobody means: looked for beside the schema.
import type { Rule } from '../rule.ts';
import type { Found, Place } from './check.ts';

type Doubt = (rule: Rule) => Found[];

const DOUBTS: readonly Doubt[] = [
  opensUnexplained,
  symptomsUnused,
  questionsNeverAsked,
  testsNeverOffered,
  certainties,
  wordsMissing,
];

export const doubtsOf = (rule: Rule): Found[] => DOUBTS.flatMap((look) => look(rule));

/** Catch-alls explain nothing by themselves. */
const NO_EXPLANATION: readonly string[] = ['unknown'];

/** What does not weigh says nothing of causes, and where there is only one it explains everything. */
function explains(rule: Rule, symptom: string): boolean {
  const { base, weighs } = rule.symptoms[symptom]!;
  const causes = Object.entries(rule.causes).filter(([name]) => !NO_EXPLANATION.includes(name));
  const likelihoods = causes.map(([, { likelihood, may }]) => likelihood[symptom] ?? may[symptom] ?? base);
  const [lowest, highest] = [Math.min(...likelihoods), Math.max(...likelihoods)];
  return !weighs || causes.length < 2 || highest > base || (highest === base && lowest < base);
}

function opensUnexplained(rule: Rule): Found[] {
  return Object.keys(rule.opens)
    .filter((symptom) => !explains(rule, symptom))
    .map((symptom) => ({
      place: ['opens', symptom],
      message: `"${symptom}" opens a finding, and speaks for no cause.`,
      fix: 'Give the causes that bring it about a likelihood above its base; or write "weighs: false" when it only opens.',
    }));
}

function symptomsUnused(rule: Rule): Found[] {
  const used = new Set([
    ...Object.keys(rule.opens),
    ...rule.improving,
    ...Object.values(rule.causes).flatMap(({ likelihood, may, says }) => [
      ...Object.keys(likelihood),
      ...Object.keys(may),
      ...(says ? [says.while] : []),
    ]),
    ...Object.keys(rule.titleWhile),
    ...Object.keys(rule.summaryWhile),
    ...[...Object.values(rule.questions), ...Object.values(rule.tests)].flatMap(({ unlessKnown }) => unlessKnown),
  ]);
  return Object.keys(rule.symptoms)
    .filter((symptom) => !used.has(symptom))
    .map((symptom) => ({
      place: ['symptoms', symptom],
      message: `No cause mentions "${symptom}", and it opens nothing: it is evidence for nothing.`,
      fix: 'Give at least one cause a likelihood for it, or remove it.',
    }));
}

/** One is asked because it splits the causes. */
function questionsNeverAsked(rule: Rule): Found[] {
  const causes = Object.keys(rule.causes);
  return Object.entries(rule.questions).flatMap(([name, { answers }]): Found[] => {
    const place: Place = ['questions', name];
    if (Object.keys(answers).length < 2) {
      return [
        { place, message: `"${name}" has fewer than two answers.`, fix: 'Add an answer, or remove the question.' },
      ];
    }
    if (Object.values(answers).some(({ likelihood }) => splits(causes, likelihood))) return [];
    const message = `"${name}" can never be asked: no answer tells the causes apart.`;
    return [{ place, message, fix: 'Give its answers likelihoods that differ between causes.' }];
  });
}

function testsNeverOffered(rule: Rule): Found[] {
  const causes = Object.keys(rule.causes);
  return Object.entries(rule.tests)
    .filter(([, { results }]) =>
      Object.values(results).every(({ yes, no }) => !splits(causes, yes) && !splits(causes, no)),
    )
    .map(([name]) => ({
      place: ['tests', name],
      message: `"${name}" can never be offered: no result tells the causes apart.`,
      fix: 'Give its results likelihoods that differ between causes.',
    }));
}

const splits = (causes: readonly string[], likelihood: Readonly<Record<string, number>>): boolean =>
  new Set(causes.map((cause) => likelihood[cause] ?? UNSAID)).size > 1;

/** As ranking takes a cause that an answer does not mention. */
const UNSAID = 0.5;

/** Then nothing that is seen later can change it. */
const CERTAIN = 0.001;

function certainties(rule: Rule): Found[] {
  const odd = (place: Place, likelihood: Readonly<Record<string, number>>): Found[] =>
    Object.entries(likelihood)
      .filter(([, value]) => value <= CERTAIN || value >= 1 - CERTAIN)
      .map(([name, value]) => ({
        place: [...place, name],
        message: `A likelihood of ${value} is as good as ${Math.round(value)}: no other evidence weighs against it.`,
        fix: `Write ${value > 0.5 ? 'at most 0.99' : 'at least 0.01'}.`,
      }));
  return [
    ...Object.entries(rule.causes).flatMap(([name, { likelihood }]) => odd(['causes', name, 'likelihood'], likelihood)),
    ...Object.entries(rule.questions).flatMap(([name, { answers }]) =>
      Object.entries(answers).flatMap(([answer, { likelihood }]) =>
        odd(['questions', name, 'answers', answer, 'likelihood'], likelihood),
      ),
    ),
    ...Object.entries(rule.tests).flatMap(([name, { results }]) =>
      Object.entries(results).flatMap(([result, said]) =>
        (['yes', 'no'] as const).flatMap((side) => odd(['tests', name, 'results', result, side], said[side])),
      ),
    ),
  ];
}

type Words = { en: string; zh: string };
const isWords = (value: object): value is Words => 'en' in value && 'zh' in value;
const HAN = /\p{Script=Han}/u;
const NAMES = /\{(\w+)\}/g;

function wordsMissing(rule: Rule): Found[] {
  return everyPhrase(rule, []).flatMap(({ place, words: { en, zh } }): Found[] => {
    if (en.trim() === '' || zh.trim() === '') {
      const language = en.trim() === '' ? 'English' : 'Chinese';
      return [{ place, message: `The ${language} words are empty.`, fix: 'Say it in both languages.' }];
    }
    if (HAN.test(en))
      return [{ place: [...place, 'en'], message: 'The English words are Chinese.', fix: 'Translate.' }];
    if (!HAN.test(zh) && /[a-z]{4,} [a-z]{2,}/i.test(zh)) {
      return [{ place: [...place, 'zh'], message: 'The Chinese words are English.', fix: 'Translate.' }];
    }
    const names = (text: string): string =>
      [...new Set([...text.matchAll(NAMES)].map(([, name]) => name))].sort().join(', ');
    if (names(en) === names(zh)) return [];
    const message = `The languages show other values: en {${names(en)}}, zh {${names(zh)}}.`;
    return [{ place, message, fix: 'Name the same values in both.' }];
  });
}

function everyPhrase(value: unknown, place: Place): { place: Place; words: Words }[] {
  if (typeof value !== 'object' || value === null) return [];
  if (isWords(value)) return [{ place, words: value }];
  return Object.entries(value).flatMap(([key, inner]) =>
    everyPhrase(inner, [...place, Array.isArray(value) ? Number(key) : key]),
  );
}
