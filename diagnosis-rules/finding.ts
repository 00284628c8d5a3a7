// A finding in words: what is the matter, what may cause it, and the readings and thresholds behind it.
import {
  type Evidence,
  type Finding,
  type Phrase,
  type Quantity,
  type RankedCause,
  type Remedy,
  UNKNOWN_CAUSE,
} from '#contracts';
import { HOUR } from '#runtime';
import type { Given, Ranked } from './causes.ts';
import type { CompiledRule } from './compiled-rule.ts';
import { shownThreshold } from './conditions.ts';
import { FEATURES, quantityOf, type View } from './features.ts';
import type { Rule, Symptom } from './rule.ts';
import { isPresent, readSymptom, type SymptomMemory, type Symptoms, shownState } from './symptoms.ts';

type Values = Record<string, Quantity>;

const namesIn = (phrase: Phrase): Set<string> =>
  new Set([...`${phrase.en}${phrase.zh}`.matchAll(/\{(\w+)\}/g)].map((match) => match[1]!));

/** The phrase with the numbers that its words ask for; its own, such as a limit in the advice, stand as they are. */
function withValues(phrase: Phrase, values: Values): Phrase {
  const all = { ...values, ...phrase.values };
  const used = [...namesIn(phrase)].filter((name) => all[name]).map((name) => [name, all[name]!] as const);
  return { en: phrase.en, zh: phrase.zh, ...(used.length > 0 ? { values: Object.fromEntries(used) } : {}) };
}

/** Null when a number that the words need is not known now. */
const complete = (phrase: Phrase): Phrase | null =>
  [...namesIn(phrase)].every((name) => phrase.values?.[name]) ? phrase : null;

function measured(featureName: string, view: View): Quantity | null {
  const feature = FEATURES.get(featureName)!;
  const value = feature.read(view);
  return Number.isFinite(value) ? quantityOf(feature, value) : null;
}

const EVIDENCE_ORDER: readonly Evidence['state'][] = ['present', 'pending', 'absent', 'unknown'];

export function evidenceOf(name: string, symptom: Symptom, memory: SymptomMemory, view: View): Evidence {
  // A symptom that waits to be cleared no longer applies, whatever the episode remembers.
  const state = memory.clearingSince === null ? shownState(memory) : 'absent';
  const { shows, elseShows = shows } = symptom;
  const shown = measured(shows, view) ? shows : elseShows;
  const number = measured(shown, view);
  const feature = FEATURES.get(shown)!;
  const limit = shownThreshold(symptom.when, shown, view);
  const threshold = limit === null ? null : quantityOf(feature, limit);
  const since = state === 'present' || state === 'pending' ? memory.since : null;
  const words =
    state === 'unknown' ? symptom.text.unknown : state === 'present' ? symptom.text.present : symptom.text.absent;
  // The words say in which direction.
  const said = number && { ...number, value: symptom.magnitude ? Math.abs(number.value) : number.value };
  const values: Values = {
    ...(said ? { measured: said } : {}),
    ...(threshold ? { threshold } : {}),
    ...(since === null ? {} : { since: { value: since, unit: 'instant' as const } }),
  };
  return {
    symptom: name,
    state,
    text: complete(withValues(words, values)) ?? withValues(symptom.text.unknown, values),
    since,
    measured: number,
    threshold,
    signals: [...feature.signals],
  };
}

/** What is to be done now: the owner's steps, or a visit when they have had their time and it is still there. */
function remedyNow(remedy: Remedy, openMs: number): Remedy {
  if (remedy.by !== 'owner' || !remedy.ifItStays) return remedy;
  const { afterHours, ...visit } = remedy.ifItStays;
  return openMs >= afterHours * HOUR ? visit : remedy;
}

function causeOf({ rule, view, openedAt }: FindingParts & { rule: Rule }, { cause, probability }: Ranked): RankedCause {
  const { name, explanation, remedy } = rule.causes[cause]!;
  return { cause, name, probability, explanation, remedy: remedyNow(remedy, view.at - openedAt) };
}

function holds({ compiled, symptoms }: FindingParts, name: string): boolean {
  const memory = readSymptom(symptoms, compiled.indexOf.get(name)!);
  return memory.state === 'present' && memory.clearingSince === null;
}

function titleOf(parts: FindingParts): Phrase {
  const { rule } = parts.compiled;
  const [better] = Object.entries(rule.titleWhile).find(([symptom]) => holds(parts, symptom)) ?? [];
  return better ? rule.titleWhile[better]! : (rule.titles[parts.severity] ?? rule.title);
}

function summaryOf(parts: FindingParts, values: Values): Phrase {
  const { ranked, severity } = parts;
  const { rule } = parts.compiled;
  const says = rule.causes[ranked[0]!.cause]!.says;
  const candidates = [
    says && holds(parts, says.while) ? says.text : null,
    ...Object.entries(rule.summaryWhile).map(([symptom, text]) =>
      rule.opens[symptom] === severity && holds(parts, symptom) ? text : null,
    ),
    rule.summary[severity],
  ];
  for (const candidate of candidates) {
    const said = candidate && complete(withValues(candidate, values));
    if (said) return said;
  }
  return rule.title;
}

export type FindingParts = {
  id: Finding['id'];
  appliance: Finding['appliance'];
  compiled: CompiledRule;
  severity: Finding['severity'];
  state: Finding['state'];
  openedAt: number;
  closedAt: number | null;
  view: View;
  symptoms: Symptoms;
  ranked: readonly Ranked[];
  question: string | null;
  test: string | null;
  answers: readonly Given[];
};

export const isImproving = ({ rule, indexOf }: CompiledRule, symptoms: Symptoms): boolean =>
  rule.improving.some((name) => isPresent(symptoms, indexOf.get(name)!));

const WORTH_NAMING = 0.03;
const NAMED_AT_LEAST = 3;

/** The likely ones, and always what is not known. */
const worthNaming = (ranked: readonly Ranked[]): Ranked[] =>
  ranked.filter(
    ({ cause, probability }, index) => index < NAMED_AT_LEAST || probability >= WORTH_NAMING || cause === UNKNOWN_CAUSE,
  );

/** What nobody said or reported is not worth a line; what a cause would have to show is, when it cannot be seen. */
const isExpected = ({ causes }: Rule, symptom: string): boolean =>
  Object.values(causes).some(({ likelihood }) => likelihood[symptom] !== undefined);

export function describeFinding(parts: FindingParts): Finding {
  const { compiled, view } = parts;
  const { rule } = compiled;
  const values: Values = {};
  for (const name of FEATURES.keys()) {
    const number = measured(name, view);
    if (number) values[name] = number;
  }
  const evidence = compiled.symptoms.map(({ name, symptom }, index) =>
    evidenceOf(name, symptom, readSymptom(parts.symptoms, index), view),
  );
  const telling = evidence.filter(({ state, symptom }) => state !== 'unknown' || isExpected(rule, symptom));
  telling.sort((a, b) => EVIDENCE_ORDER.indexOf(a.state) - EVIDENCE_ORDER.indexOf(b.state));
  const question = parts.question === null ? null : rule.questions[parts.question]!;
  return {
    id: parts.id,
    appliance: parts.appliance,
    problem: rule.id,
    title: titleOf(parts),
    summary: summaryOf(parts, values),
    wouldClear: rule.wouldClear,
    severity: parts.severity,
    improving: isImproving(compiled, parts.symptoms),
    state: parts.state,
    openedAt: parts.openedAt,
    changedAt: view.at,
    closedAt: parts.closedAt,
    rule: { id: rule.id, version: rule.version },
    reviewedBy: rule.reviewedBy,
    causes: worthNaming(parts.ranked).map((ranked) => causeOf({ ...parts, rule }, ranked)),
    evidence: telling,
    question: question && {
      question: parts.question!,
      text: question.text,
      answers: Object.entries(question.answers).map(([answer, { text }]) => ({ answer, text })),
    },
    ...(parts.test === null ? {} : { test: { command: parts.test, text: rule.tests[parts.test]!.text } }),
    answers: [...parts.answers],
  };
}
