// One problem of one appliance through its episodes: symptoms are judged, a finding opens, changes, closes.
import { type Finding, type FindingChange, type Id, idOf, Severity } from '#contracts';
import { bestQuestion, type Given, type Ranked, rankCauses } from './causes.ts';
import type { View } from './features.ts';
import { describeFinding } from './finding.ts';
import type { Rule } from './rule.ts';
import { absentSymptom, judgeSymptom, type SymptomMemory } from './symptoms.ts';

export type Episode = {
  id: Id;
  openedAt: number;
  severity: Severity;
  /** People were told; until then the episode is only held, because the appliance is still catching up. */
  announced: boolean;
  /** What was told last, to tell a change from a repetition. */
  told: string;
  changes: number;
  /** Symptoms that opened it. They count for the ranking to the end: a door that was shut since was open all the same. */
  openers: string[];
  answers: Given[];
};

export type ProblemMemory = { symptoms: Record<string, SymptomMemory>; episode: Episode | null };

export const quietProblem = (rule: Rule): ProblemMemory => ({
  symptoms: Object.fromEntries(Object.keys(rule.symptoms).map((name) => [name, absentSymptom()])),
  episode: null,
});

const worst = (severities: readonly Severity[]): Severity =>
  Severity.options.findLast((severity) => severities.includes(severity)) ?? 'notice';

export type ProblemScene = { appliance: Id; rule: Rule; memory: ProblemMemory; view: View };

function rankOf({ rule, memory }: ProblemScene): Ranked[] {
  const { openers, answers } = memory.episode!;
  const seen = Object.fromEntries(
    openers.map((name) => [name, { ...memory.symptoms[name]!, state: 'present' as const }]),
  );
  return rankCauses(rule, { ...memory.symptoms, ...seen }, answers);
}

function change(
  scene: ProblemScene,
  kind: FindingChange['change'],
  ranked: readonly Ranked[],
  question: string | null,
): FindingChange {
  const { appliance, rule, memory, view } = scene;
  const episode = memory.episode!;
  const closed = kind === 'closed';
  const finding: Finding = describeFinding({
    id: episode.id,
    appliance,
    rule,
    severity: episode.severity,
    state: closed ? 'closed' : 'open',
    openedAt: episode.openedAt,
    closedAt: closed ? view.at : null,
    view,
    symptoms: memory.symptoms,
    ranked,
    question: closed ? null : question,
    answers: episode.answers,
  });
  return { id: idOf(episode.id, episode.changes++), change: kind, finding };
}

/** Judges the symptoms at `view.at` and moves the episode. Returns a change only when an episode ends. */
export function judgeProblem(scene: ProblemScene): FindingChange | null {
  const { appliance, rule, memory, view } = scene;
  for (const name of Object.keys(rule.symptoms)) {
    memory.symptoms[name] = judgeSymptom(rule.symptoms[name]!, memory.symptoms[name] ?? absentSymptom(), view);
  }
  const present = Object.keys(rule.opens).filter((name) => memory.symptoms[name]!.state === 'present');
  if (!memory.episode) {
    if (present.length === 0) return null;
    memory.episode = {
      id: idOf('finding', appliance, rule.id, view.at),
      openedAt: view.at,
      severity: 'notice',
      announced: false,
      told: '',
      changes: 0,
      openers: present,
      answers: [],
    };
  }
  const { episode } = memory;
  if (present.length > 0) episode.severity = worst(present.map((name) => rule.opens[name]!));
  // What is pending may yet become worse: it is the same episode. An opening symptom that cannot be judged clears nothing,
  // unless this appliance never had the signal for it.
  if (Object.keys(rule.opens).some((name) => memory.symptoms[name]!.state !== 'absent')) return null;
  const closing = change(scene, 'closed', rankOf(scene), null);
  memory.episode = null;
  return closing;
}

/** What there is to tell about the open episode, once the appliance is current: it opened, or it changed; else null. */
export function tellProblem(scene: ProblemScene): FindingChange | null {
  const { rule, memory } = scene;
  const { episode } = memory;
  if (!episode) return null;
  const ranked = rankOf(scene);
  const question = bestQuestion(rule, ranked, memory.symptoms, episode.answers);
  const present = Object.keys(rule.symptoms).filter((name) => memory.symptoms[name]!.state === 'present');
  const news = [episode.severity, ranked.map(({ cause }) => cause), question, episode.answers.length, present].join(
    '|',
  );
  if (news === episode.told) return null;
  episode.told = news;
  const kind = episode.announced ? 'changed' : 'opened';
  episode.announced = true;
  return change(scene, kind, ranked, question);
}
