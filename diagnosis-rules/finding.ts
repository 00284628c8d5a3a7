// A finding in words: what is the matter, what may cause it, and the readings and thresholds behind it.
import type { Evidence, Finding, Phrase, Quantity, RankedCause } from '#contracts';
import type { Given, Ranked } from './causes.ts';
import { shownThreshold } from './conditions.ts';
import { FEATURES, quantityOf, type View } from './features.ts';
import type { Rule, Symptom } from './rule.ts';
import { type SymptomMemory, shownState } from './symptoms.ts';

type Values = Record<string, Quantity>;

/** The phrase with the numbers that its words ask for; its own, such as a limit in the advice, stand as they are. */
const withValues = (phrase: Phrase, values: Values): Phrase => {
  const all = { ...values, ...phrase.values };
  const used = Object.entries(all).filter(
    ([name]) => phrase.en.includes(`{${name}}`) || phrase.zh.includes(`{${name}}`),
  );
  return { en: phrase.en, zh: phrase.zh, ...(used.length > 0 ? { values: Object.fromEntries(used) } : {}) };
};

/** Null when a number that the words need is not known now. */
function complete(phrase: Phrase): Phrase | null {
  const needed = [...`${phrase.en}${phrase.zh}`.matchAll(/\{(\w+)\}/g)].map((match) => match[1]!);
  return needed.every((name) => phrase.values?.[name]) ? phrase : null;
}

function measured(featureName: string, view: View): Quantity | null {
  const feature = FEATURES.get(featureName)!;
  const value = feature.compute(view);
  return typeof value === 'number' ? quantityOf(feature, value) : null;
}

function evidenceOf(name: string, symptom: Symptom, memory: SymptomMemory, view: View): Evidence {
  // A symptom that waits to be cleared no longer applies, whatever the episode remembers.
  const state = memory.clearingSince === null ? shownState(memory) : 'absent';
  const number = measured(symptom.shows, view);
  const feature = FEATURES.get(symptom.shows)!;
  const limit = shownThreshold(symptom.when, symptom.shows, view);
  const threshold = limit === null ? null : quantityOf(feature, limit);
  const since = state === 'present' || state === 'pending' ? memory.since : null;
  const text =
    state === 'unknown' || !number
      ? symptom.text.unknown
      : state === 'present'
        ? symptom.text.present
        : symptom.text.absent;
  const values: Values = {
    ...(number ? { measured: number } : {}),
    ...(threshold ? { threshold } : {}),
    ...(since === null ? {} : { since: { value: since, unit: 'instant' as const } }),
  };
  return {
    symptom: name,
    state,
    text: withValues(text, values),
    since,
    measured: number,
    threshold,
    signals: [...feature.signals],
  };
}

function causeOf(rule: Rule, { cause, probability }: Ranked): RankedCause {
  const { name, explanation, remedy } = rule.causes[cause]!;
  return { cause, name, probability, explanation, remedy };
}

function summaryOf({ rule, ranked, symptoms, severity }: FindingParts, values: Values): Phrase {
  const says = rule.causes[ranked[0]!.cause]!.says;
  const applies = says && symptoms[says.while]!.state === 'present' && symptoms[says.while]!.clearingSince === null;
  const candidates = [applies ? says.text : null, rule.summary[severity]];
  for (const phrase of candidates) {
    const said = phrase && complete(withValues(phrase, values));
    if (said) return said;
  }
  return rule.title;
}

/** Present first, then pending, absent, unknown. */
const EVIDENCE_ORDER = ['present', 'pending', 'absent', 'unknown'] as const;

export type FindingParts = {
  id: string;
  appliance: string;
  rule: Rule;
  severity: Finding['severity'];
  state: Finding['state'];
  openedAt: number;
  closedAt: number | null;
  view: View;
  symptoms: Record<string, SymptomMemory>;
  ranked: readonly Ranked[];
  question: string | null;
  answers: readonly Given[];
};

export const isImproving = (rule: Rule, symptoms: Record<string, SymptomMemory>): boolean =>
  rule.improving.some((name) => symptoms[name]!.state === 'present');

export function describeFinding(parts: FindingParts): Finding {
  const { rule, view } = parts;
  const values: Values = {};
  for (const name of FEATURES.keys()) {
    const number = measured(name, view);
    if (number) values[name] = number;
  }
  const evidence = Object.entries(rule.symptoms).map(([name, symptom]) =>
    evidenceOf(name, symptom, parts.symptoms[name]!, view),
  );
  evidence.sort((a, b) => EVIDENCE_ORDER.indexOf(a.state) - EVIDENCE_ORDER.indexOf(b.state));
  const question = parts.question === null ? null : rule.questions[parts.question]!;
  return {
    id: parts.id,
    appliance: parts.appliance,
    problem: rule.id,
    title: rule.title,
    summary: summaryOf(parts, values),
    wouldClear: rule.wouldClear,
    severity: parts.severity,
    improving: isImproving(rule, parts.symptoms),
    state: parts.state,
    openedAt: parts.openedAt,
    changedAt: view.at,
    closedAt: parts.closedAt,
    rule: { id: rule.id, version: rule.version },
    reviewedBy: rule.reviewedBy,
    causes: parts.ranked.map((ranked) => causeOf(rule, ranked)),
    evidence,
    question: question && {
      question: parts.question!,
      text: question.text,
      answers: Object.entries(question.answers).map(([answer, { text }]) => ({ answer, text })),
    },
    answers: [...parts.answers],
  };
}
