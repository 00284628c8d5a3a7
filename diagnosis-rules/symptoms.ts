// A symptom's life: absent, pending (it holds, but not yet long enough), present. Unknown neither starts nor clears anything.
// Kept as letters, since there are many.

import type { CompiledSymptom } from './compiled-rule.ts';
import { FALSE, TRUE, type Truth, UNKNOWN } from './conditions.ts';
import type { View } from './features.ts';

const STATES = ['absent', 'pending', 'present'] as const;
type State = (typeof STATES)[number];

export type SymptomMemory = {
  state: State;
  /** When the condition began to hold, event time; for a present symptom: of this episode. */
  since: number;
  /** When the condition of a present symptom last began not to hold; null while it holds. */
  clearingSince: number | null;
  /** What was known at the last judgement. */
  known: boolean;
  /** Which of the conditions, any of which makes it present, did so. */
  by: number;
};

/**
 * All symptoms of one rule on one appliance, one letter each; stamps only of those that are pending or present, which few
 * ever are.
 */
export type Symptoms = {
  letters: string;
  stamps: Map<number, Pick<SymptomMemory, 'since' | 'clearingSince' | 'by'>> | null;
};

/** Known, and not known. */
const LETTERS: Readonly<Record<State, readonly [string, string]>> = {
  absent: ['a', '?'],
  pending: ['w', 'v'],
  present: ['p', 'q'],
};
const MEANINGS: ReadonlyMap<number, { state: State; known: boolean }> = new Map(
  STATES.flatMap((state) =>
    LETTERS[state].map((letter, unknown) => [letter.charCodeAt(0), { state, known: unknown === 0 }] as const),
  ),
);
const [ABSENT, UNSEEN] = LETTERS.absent.map((letter) => letter.charCodeAt(0));
const [PRESENT, STILL_PRESENT] = LETTERS.present.map((letter) => letter.charCodeAt(0));

export const absentSymptoms = (count: number): Symptoms => ({ letters: LETTERS.absent[1].repeat(count), stamps: null });

export function readSymptom({ letters, stamps }: Symptoms, index: number): SymptomMemory {
  const { state, known } = MEANINGS.get(letters.charCodeAt(index))!;
  if (state === 'absent') return { state, since: 0, clearingSince: null, known, by: 0 };
  // A snapshot from before conditions were told apart has no `by`.
  const { since, clearingSince, by = 0 } = stamps!.get(index)!;
  return { state, since, clearingSince, known, by };
}

export function writeSymptom(symptoms: Symptoms, index: number, memory: SymptomMemory): void {
  const { state, since, clearingSince, known, by } = memory;
  const letter = LETTERS[state][known ? 0 : 1];
  if (symptoms.letters[index] !== letter)
    symptoms.letters = symptoms.letters.slice(0, index) + letter + symptoms.letters.slice(index + 1);
  if (state !== 'absent') {
    symptoms.stamps ??= new Map();
    symptoms.stamps.set(index, { since, clearingSince, by });
  } else if (symptoms.stamps?.delete(index) && symptoms.stamps.size === 0) symptoms.stamps = null;
}

export function isAbsent({ letters }: Symptoms, index: number): boolean {
  const letter = letters.charCodeAt(index);
  return letter === ABSENT || letter === UNSEEN;
}
export function isPresent({ letters }: Symptoms, index: number): boolean {
  const letter = letters.charCodeAt(index);
  return letter === PRESENT || letter === STILL_PRESENT;
}

/** Whether any is pending or present. */
export const isAnythingSeen = ({ stamps }: Symptoms): boolean => stamps !== null;

export const absentSymptom = (): SymptomMemory => ({
  state: 'absent',
  since: 0,
  clearingSince: null,
  known: false,
  by: 0,
});

/** One row a line: what the condition says, in which state, leads where. */
export function nextSymptom(
  memory: SymptomMemory,
  truth: Truth,
  at: number,
  forMs: number,
  clearMs: number,
): SymptomMemory {
  const known = truth !== UNKNOWN;
  switch (memory.state) {
    case 'absent':
      if (truth !== TRUE) return { ...memory, known };
      return { ...memory, state: forMs === 0 ? 'present' : 'pending', since: at, clearingSince: null, known };
    case 'pending':
      if (truth !== TRUE) return { ...absentSymptom(), known };
      return { ...memory, state: at - memory.since >= forMs ? 'present' : 'pending', known };
    case 'present': {
      if (truth === UNKNOWN) return { ...memory, known };
      if (truth === TRUE) return { ...memory, clearingSince: null, known };
      const clearingSince = memory.clearingSince ?? at;
      if (at - clearingSince < clearMs) return { ...memory, clearingSince, known };
      return { ...absentSymptom(), known };
    }
  }
}

/** What was seen ends by its own thresholds, or when what was seen is gone and the rest is not known. */
function truthOfPresent({ when, branches }: CompiledSymptom, view: View, by: number): Truth {
  const seen = when(view, true);
  return seen === UNKNOWN && branches[by]!(view, true) === FALSE ? FALSE : seen;
}

function truthOfAbsent({ when, unless, unsure }: CompiledSymptom, view: View): Truth {
  const seen = when(view, false);
  if (seen === FALSE) {
    for (const doubt of unsure) if (doubt(view, false) === TRUE) return UNKNOWN;
    return FALSE;
  }
  // What is not known is not excused either: nobody has seen that it is absent.
  if (seen === UNKNOWN) return seen;
  for (const excuse of unless) if (excuse(view, false) === TRUE) return FALSE;
  return seen;
}

/** Nothing moves: absent and false, absent and unknown, or present and true, as it was. */
function isQuiet({ letters, stamps }: Symptoms, index: number, truth: Truth): boolean {
  const letter = letters.charCodeAt(index);
  if (truth === FALSE) return letter === ABSENT;
  if (truth === UNKNOWN) return letter === UNSEEN;
  return letter === PRESENT && stamps!.get(index)!.clearingSince === null;
}

/** The first condition that holds; as it was when none does. */
function branchOf({ branches }: CompiledSymptom, view: View, before: SymptomMemory): number {
  const holding = before.state === 'present';
  if (branches.length === 1 || branches[before.by]!(view, holding) === TRUE) return before.by;
  const found = branches.findIndex((branch) => branch(view, holding) === TRUE);
  return found < 0 ? before.by : found;
}

/** Judges one symptom in place. True when people would see it otherwise than before. */
export function judgeSymptom(symptoms: Symptoms, index: number, symptom: CompiledSymptom, view: View): boolean {
  const truth = isPresent(symptoms, index)
    ? truthOfPresent(symptom, view, readSymptom(symptoms, index).by)
    : truthOfAbsent(symptom, view);
  if (isQuiet(symptoms, index, truth) && (truth !== TRUE || symptom.branches.length === 1)) return false;
  const before = readSymptom(symptoms, index);
  const by = truth === TRUE ? branchOf(symptom, view, before) : before.by;
  const after = { ...nextSymptom(before, truth, view.at, symptom.forMs, symptom.clearMs), by };
  writeSymptom(symptoms, index, after);
  return shownState(after) !== shownState(before) || (after.clearingSince === null) !== (before.clearingSince === null);
}

/** As people and the ranking see it: a symptom whose condition could not be judged is unknown unless it is already present. */
export const shownState = (memory: SymptomMemory): State | 'unknown' =>
  memory.state === 'present' || memory.known ? memory.state : 'unknown';
