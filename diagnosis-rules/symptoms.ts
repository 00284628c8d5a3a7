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
};

/**
 * All symptoms of one rule on one appliance, one letter each; stamps only of those that are pending or present, which few
 * ever are.
 */
export type Symptoms = { letters: string; stamps: Map<number, { since: number; clearingSince: number | null }> | null };

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
  if (state === 'absent') return { state, since: 0, clearingSince: null, known };
  const { since, clearingSince } = stamps!.get(index)!;
  return { state, since, clearingSince, known };
}

export function writeSymptom(symptoms: Symptoms, index: number, memory: SymptomMemory): void {
  const { state, since, clearingSince, known } = memory;
  const letter = LETTERS[state][known ? 0 : 1];
  if (symptoms.letters[index] !== letter)
    symptoms.letters = symptoms.letters.slice(0, index) + letter + symptoms.letters.slice(index + 1);
  if (state !== 'absent') {
    symptoms.stamps ??= new Map();
    symptoms.stamps.set(index, { since, clearingSince });
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

export const absentSymptom = (): SymptomMemory => ({ state: 'absent', since: 0, clearingSince: null, known: false });

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
      return { state: forMs === 0 ? 'present' : 'pending', since: at, clearingSince: null, known };
    case 'pending':
      if (truth !== TRUE) return { state: 'absent', since: 0, clearingSince: null, known };
      return { ...memory, state: at - memory.since >= forMs ? 'present' : 'pending', known };
    case 'present': {
      if (truth === UNKNOWN) return { ...memory, known };
      if (truth === TRUE) return { ...memory, clearingSince: null, known };
      const clearingSince = memory.clearingSince ?? at;
      if (at - clearingSince < clearMs) return { ...memory, clearingSince, known };
      return { state: 'absent', since: 0, clearingSince: null, known };
    }
  }
}

function truthOf({ when, unless, unsure }: CompiledSymptom, view: View, holding: boolean): Truth {
  const seen = when(view, holding);
  if (seen === FALSE) {
    // What was seen ends by its own thresholds; doubt is for what was not.
    if (holding) return FALSE;
    for (const doubt of unsure) if (doubt(view, false) === TRUE) return UNKNOWN;
    return FALSE;
  }
  // What is not known is not excused either: nobody has seen that it is absent.
  if (holding || seen === UNKNOWN) return seen;
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

/** Judges one symptom in place. True when people would see it otherwise than before. */
export function judgeSymptom(symptoms: Symptoms, index: number, symptom: CompiledSymptom, view: View): boolean {
  const truth = truthOf(symptom, view, isPresent(symptoms, index));
  if (isQuiet(symptoms, index, truth)) return false;
  const before = readSymptom(symptoms, index);
  const after = nextSymptom(before, truth, view.at, symptom.forMs, symptom.clearMs);
  writeSymptom(symptoms, index, after);
  return shownState(after) !== shownState(before) || (after.clearingSince === null) !== (before.clearingSince === null);
}

/** As people and the ranking see it: a symptom whose condition could not be judged is unknown unless it is already present. */
export const shownState = (memory: SymptomMemory): State | 'unknown' =>
  memory.state === 'present' || memory.known ? memory.state : 'unknown';
