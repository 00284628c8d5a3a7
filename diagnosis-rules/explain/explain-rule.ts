// What one rule held an appliance to be: its problem, every symptom with its condition, and what would change it.
import type { Evidence, Phrase, RankedCause, Severity } from '#contracts';
import { MINUTE } from '#runtime';
import { rankCauses } from '../causes.ts';
import type { CompiledRule, CompiledSymptom } from '../compiled-rule.ts';
import type { View } from '../features.ts';
import { evidenceOf } from '../finding.ts';
import { type ProblemMemory, quietProblem } from '../problem.ts';
import { readSymptom, type SymptomMemory, shownState } from '../symptoms.ts';
import { type ConditionTold, linesOf } from './conditions.ts';
import { allOf, wouldAppear, wouldClear } from './what-would.ts';

/** Times are epoch ms, by the appliance's clock. `symptom`, `measured`, `text` and `since` as in a finding's evidence. */
export type SymptomTold = Pick<Evidence, 'symptom' | 'text' | 'state' | 'since' | 'measured'> & {
  opens: Severity | null;
  wouldAppear: Phrase | null;
  wouldClear: Phrase | null;
  when: ConditionTold;
  unless: ConditionTold[];
  forMinutes: number;
  clearMinutes: number;
};

export type RuleTold = {
  rule: string;
  version: number;
  title: Phrase;
  state: 'open' | 'coming' | 'quiet' | 'unknown';
  openedAt: number | null;
  severity: Severity | null;
  closesBy: Phrase;
  wouldClear: Phrase | null;
  causes: Pick<RankedCause, 'cause' | 'name' | 'probability' | 'explanation'>[];
  symptoms: SymptomTold[];
};

/** `problem` null: it was never judged by this rule. */
export type Judged = { compiled: CompiledRule; problem: ProblemMemory | null; view: View };

function told(compiled: CompiledRule, each: CompiledSymptom, memory: SymptomMemory, view: View): SymptomTold {
  const { name, symptom, forMs, clearMs } = each;
  const { text, since, measured } = evidenceOf(name, symptom, memory, view);
  const state = shownState(memory);
  const holding = state === 'present';
  const asked = { when: symptom.when, unless: symptom.unless, forMs, clearMs, view };
  return {
    symptom: name,
    text,
    state,
    since,
    measured,
    opens: compiled.rule.opens[name] ?? null,
    wouldAppear: holding ? null : wouldAppear(asked, state === 'pending' ? memory.since : null),
    wouldClear: holding ? wouldClear(asked, memory.clearingSince) : null,
    when: linesOf(symptom.when, view, holding),
    unless: symptom.unless.map((excuse) => linesOf(excuse, view, false)),
    forMinutes: forMs / MINUTE,
    clearMinutes: clearMs / MINUTE,
  };
}

function stateOf(openers: readonly SymptomTold[], episode: ProblemMemory['episode']): RuleTold['state'] {
  if (episode) return 'open';
  if (openers.some(({ state }) => state === 'pending')) return 'coming';
  return openers.every(({ state }) => state === 'unknown') ? 'unknown' : 'quiet';
}

/** An episode is over when nothing that opens it is there any more. */
const whatCloses = (openers: readonly SymptomTold[]): Phrase | null =>
  allOf(openers.flatMap((symptom) => (symptom.wouldClear ? [symptom.wouldClear] : [])));

export function explainRule({ compiled, problem, view }: Judged): RuleTold {
  const { rule } = compiled;
  const { symptoms: states, episode } = problem ?? quietProblem(compiled);
  const symptoms = compiled.symptoms.map((each, index) => told(compiled, each, readSymptom(states, index), view));
  const openers = compiled.opens.map((index) => symptoms[index]!);
  const ranked = episode ? rankCauses(compiled, states, new Set(episode.openers), episode.answers) : [];
  return {
    rule: rule.id,
    version: rule.version,
    title: (episode && rule.titles[episode.severity]) ?? rule.title,
    state: stateOf(openers, episode),
    openedAt: episode?.openedAt ?? null,
    severity: episode?.severity ?? null,
    closesBy: rule.wouldClear,
    wouldClear: episode ? whatCloses(openers) : null,
    causes: ranked.map(({ cause, probability }) => {
      const { name, explanation } = rule.causes[cause]!;
      return { cause, name, probability, explanation };
    }),
    symptoms,
  };
}
