// One problem of one appliance through its episodes: symptoms are judged, a finding opens, changes, closes.
import { type Finding, type FindingChange, type Id, idOf, Severity } from '#contracts';
import { HOUR } from '#runtime';
import { bestQuestion, type Given, type Ranked, rankCauses } from './causes.ts';
import type { CompiledRule } from './compiled-rule.ts';
import type { View } from './features.ts';
import { describeFinding, isImproving } from './finding.ts';
import {
  absentSymptoms,
  isAbsent,
  isPresent,
  judgeSymptom,
  readSymptom,
  type Symptoms,
  writeSymptom,
} from './symptoms.ts';

export type Episode = {
  id: Id;
  openedAt: number;
  severity: Severity;
  /** People were told; until then the episode is only held, because the appliance is still catching up. */
  announced: boolean;
  /** What was told last, to tell a change from a repetition. */
  told: string;
  /** With the symptoms that were present. */
  evidence: string;
  /** When that was compared last, event time. */
  lookedAt: number;
  /** Something was seen since then that may be worth telling. */
  news: boolean;
  changes: number;
  /** Symptoms that opened it. They count for the ranking to the end: a door that was shut since was open all the same. */
  openers: string[];
  answers: Given[];
};

export type ProblemMemory = {
  /** Of the rule that judged it last. */
  version: number;
  symptoms: Symptoms;
  episode: Episode | null;
  /** Taken over from another version at that time, and not yet run through history: nothing opens or closes meanwhile. */
  takenOverAt: number | null;
};

export const quietProblem = ({ rule, symptoms }: CompiledRule): ProblemMemory => ({
  version: rule.version,
  symptoms: absentSymptoms(symptoms.length),
  episode: null,
  takenOverAt: null,
});

/** The same problem for another version of its rule: symptoms that mean the same go on, and so does the episode. */
export function takenOver(before: ProblemMemory, old: CompiledRule, now: CompiledRule, at: number): ProblemMemory {
  const problem = quietProblem(now);
  for (const [index, { name, symptom }] of now.symptoms.entries()) {
    const then = old.indexOf.get(name);
    if (then === undefined) continue;
    const { text: _now, ...meaning } = symptom;
    const { text: _then, ...meant } = old.symptoms[then]!.symptom;
    if (JSON.stringify(meaning) !== JSON.stringify(meant)) continue;
    writeSymptom(problem.symptoms, index, readSymptom(before.symptoms, then));
  }
  if (before.episode) {
    const openers = before.episode.openers.filter((name) => now.indexOf.has(name));
    problem.episode = { ...before.episode, openers, news: true };
  }
  return { ...problem, takenOverAt: at };
}

const worst = (severities: readonly Severity[]): Severity =>
  Severity.options.findLast((severity) => severities.includes(severity)) ?? 'notice';

export type ProblemScene = { appliance: Id; compiled: CompiledRule; memory: ProblemMemory; view: View };

const rankOf = ({ compiled, memory }: ProblemScene): Ranked[] =>
  rankCauses(compiled, memory.symptoms, new Set(memory.episode!.openers), memory.episode!.answers);

function change(
  scene: ProblemScene,
  kind: FindingChange['change'],
  ranked: readonly Ranked[],
  asks: { question: string | null; test: string | null },
): FindingChange {
  const { appliance, compiled, memory, view } = scene;
  const episode = memory.episode!;
  const closed = kind === 'closed';
  const finding: Finding = describeFinding({
    id: episode.id,
    appliance,
    compiled,
    severity: episode.severity,
    state: closed ? 'closed' : 'open',
    openedAt: episode.openedAt,
    closedAt: closed ? view.at : null,
    view,
    symptoms: memory.symptoms,
    ranked,
    ...asks,
    answers: episode.answers,
  });
  return { id: idOf(episode.id, episode.changes++), change: kind, finding };
}

const NOTHING_TO_ASK = { question: null, test: null };

function open({ appliance, compiled, memory, view }: ProblemScene, present: readonly number[]): void {
  memory.episode = {
    id: idOf('finding', appliance, compiled.rule.id, view.at),
    openedAt: view.at,
    severity: 'notice',
    announced: false,
    told: '',
    evidence: '',
    lookedAt: 0,
    news: true,
    changes: 0,
    openers: present.map((index) => compiled.symptoms[index]!.name),
    answers: [],
  };
}

/** What is pending may yet become worse: it is the same episode. An opening symptom that cannot be judged clears nothing. */
const isOver = ({ compiled, memory }: ProblemScene): boolean =>
  compiled.opens.every((index) => isAbsent(memory.symptoms, index));

/** After so long without a run through history the problem goes on by what it saw itself. */
const WAITS_FOR_HISTORY_MS = 24 * HOUR;

export type Judged = { closed: FindingChange | null; opened: boolean };
const NOTHING: Judged = { closed: null, opened: false };

/** Ends the open episode. */
export function closeProblem(scene: ProblemScene): FindingChange {
  const closing = change(scene, 'closed', rankOf(scene), NOTHING_TO_ASK);
  scene.memory.episode = null;
  return closing;
}

/** Judges these symptoms at `view.at`, by their places in the rule, and moves the episode. */
export function judgeProblem(scene: ProblemScene, places: readonly number[]): Judged {
  const { compiled, memory, view } = scene;
  let moved = false;
  for (const index of places) {
    if (judgeSymptom(memory.symptoms, index, compiled.symptoms[index]!, view)) moved = true;
  }
  if (memory.takenOverAt !== null) {
    if (view.at - memory.takenOverAt < WAITS_FOR_HISTORY_MS) return NOTHING;
    memory.takenOverAt = null;
    moved = true;
  }
  if (!moved) return NOTHING;
  const present = compiled.opens.filter((index) => isPresent(memory.symptoms, index));
  const opened = !memory.episode && present.length > 0;
  if (opened) open(scene, present);
  const { episode } = memory;
  if (!episode) return NOTHING;
  episode.news = true;
  if (present.length > 0) {
    episode.severity = worst(present.map((index) => compiled.rule.opens[compiled.symptoms[index]!.name]!));
    return opened ? { closed: null, opened } : NOTHING;
  }
  return isOver(scene) ? { closed: closeProblem(scene), opened } : NOTHING;
}

/** How long the leading cause's remedy of the owner has had, and did not help. */
const staysBy = ({ compiled: { rule }, memory, view }: ProblemScene, cause: string): boolean => {
  const { remedy } = rule.causes[cause]!;
  const after = remedy.by === 'owner' ? remedy.ifItStays?.afterHours : undefined;
  return after !== undefined && view.at - memory.episode!.openedAt >= after * HOUR;
};

/** An order among what is unlikely is no news. */
const TOLD_CAUSES = 2;
/** Evidence that comes and goes is kept up to date, not told each time; and time alone may make a technician needed. */
const LOOK_AGAIN_MS = 6 * HOUR;

const presentOf = ({ compiled, memory }: ProblemScene): string =>
  compiled.symptoms
    .filter((_, index) => isPresent(memory.symptoms, index))
    .map(({ name }) => name)
    .join();

/** What there is to tell about the open episode, once the appliance is current: it opened, or it changed; else null. */
export function tellProblem(scene: ProblemScene): FindingChange | null {
  const { compiled, memory, view } = scene;
  const { episode } = memory;
  if (!episode) return null;
  const looksAgain = view.at - episode.lookedAt >= LOOK_AGAIN_MS;
  if (!episode.news && !looksAgain) return null;
  episode.news = false;
  const ranked = rankOf(scene);
  const asks = bestQuestion(compiled, ranked, memory.symptoms, episode.answers);
  const leading = ranked[0]!.cause;
  const told = [
    compiled.rule.version,
    episode.severity,
    ranked.slice(0, TOLD_CAUSES).map(({ cause }) => cause),
    asks.question,
    asks.test,
    episode.answers.length,
    isImproving(compiled, memory.symptoms),
    staysBy(scene, leading),
  ].join('|');
  if (told === episode.told && !looksAgain) return null;
  episode.lookedAt = view.at;
  const evidence = `${told}|${presentOf(scene)}`;
  if (evidence === episode.evidence) return null;
  episode.told = told;
  episode.evidence = evidence;
  const kind = episode.announced ? 'changed' : 'opened';
  episode.announced = true;
  return change(scene, kind, ranked, asks);
}
