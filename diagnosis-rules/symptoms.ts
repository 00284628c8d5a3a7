// A symptom's life: absent, pending (it holds, but not yet long enough), present. Unknown neither starts nor clears anything.
// Kept in flat arrays, since there are many.

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

/** All symptoms of one rule on one appliance, side by side: what each is, and two stamps. */
export type Symptoms = { states: Uint8Array; stamps: Float64Array };

export const absentSymptoms = (count: number): Symptoms => ({
  states: new Uint8Array(count),
  stamps: new Float64Array(2 * count),
});

const STATE_BITS = 3;
const PRESENT = 2;
const KNOWN = 4;
const HOLDS = 0;

export const readSymptom = ({ states, stamps }: Symptoms, index: number): SymptomMemory => ({
  state: STATES[states[index]! & STATE_BITS]!,
  since: stamps[2 * index]!,
  clearingSince: stamps[2 * index + 1] === HOLDS ? null : stamps[2 * index + 1]!,
  known: (states[index]! & KNOWN) !== 0,
});

export function writeSymptom({ states, stamps }: Symptoms, index: number, memory: SymptomMemory): void {
  states[index] = STATES.indexOf(memory.state) | (memory.known ? KNOWN : 0);
  stamps[2 * index] = memory.since;
  stamps[2 * index + 1] = memory.clearingSince ?? HOLDS;
}

export const isAbsent = ({ states }: Symptoms, index: number): boolean => (states[index]! & STATE_BITS) === 0;
export const isPresent = ({ states }: Symptoms, index: number): boolean => (states[index]! & STATE_BITS) === PRESENT;

/** Whether any is pending or present. */
export function isAnythingSeen({ states }: Symptoms): boolean {
  for (let index = 0; index < states.length; index++) if ((states[index]! & STATE_BITS) !== 0) return true;
  return false;
}

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
      if (truth !== TRUE) return { state: 'absent', since: at, clearingSince: null, known };
      return { ...memory, state: at - memory.since >= forMs ? 'present' : 'pending', known };
    case 'present': {
      if (truth !== FALSE) return { ...memory, clearingSince: null, known };
      const clearingSince = memory.clearingSince ?? at;
      if (at - clearingSince < clearMs) return { ...memory, clearingSince, known };
      return { state: 'absent', since: at, clearingSince: null, known };
    }
  }
}

function truthOf({ when, unless, unsure }: CompiledSymptom, view: View, holding: boolean): Truth {
  const seen = when(view, holding);
  if (seen === FALSE) {
    for (const doubt of unsure) if (doubt(view, false) === TRUE) return UNKNOWN;
    return FALSE;
  }
  if (holding) return seen;
  for (const excuse of unless) if (excuse(view, false) === TRUE) return FALSE;
  return seen;
}

/** Nothing moves: absent and false, absent and unknown, or present and true, as it was. */
function isQuiet({ states, stamps }: Symptoms, index: number, truth: Truth): boolean {
  const state = states[index]!;
  if (truth === FALSE) return state === KNOWN;
  if (truth === UNKNOWN) return state === 0;
  return state === (PRESENT | KNOWN) && stamps[2 * index + 1] === HOLDS;
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
