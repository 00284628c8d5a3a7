// A symptom's life: absent, pending (it holds, but not yet long enough), present, unknown. Unknown neither starts nor clears anything.
import { MINUTE } from '#runtime';
import { judge, type Truth } from './conditions.ts';
import type { View } from './features.ts';
import type { Symptom } from './rule.ts';

export type SymptomMemory = {
  state: 'absent' | 'pending' | 'present';
  /** When the condition began to hold, event time; for a present symptom: of this episode. */
  since: number;
  /** When the condition of a present symptom last began not to hold; null while it holds. */
  clearingSince: number | null;
  /** What was known at the last judgement. */
  known: boolean;
};

export const absentSymptom = (): SymptomMemory => ({ state: 'absent', since: 0, clearingSince: null, known: false });

/** One row a line: what the condition says, in which state, leads where. */
export function nextSymptom(
  memory: SymptomMemory,
  truth: Truth,
  at: number,
  forMs: number,
  clearMs: number,
): SymptomMemory {
  const known = truth !== null;
  switch (memory.state) {
    case 'absent':
      if (truth !== true) return memory.known === known ? memory : { ...memory, known };
      return { state: forMs === 0 ? 'present' : 'pending', since: at, clearingSince: null, known };
    case 'pending':
      if (truth !== true) return { state: 'absent', since: at, clearingSince: null, known };
      return { ...memory, state: at - memory.since >= forMs ? 'present' : 'pending', known };
    case 'present': {
      if (truth === null) return { ...memory, clearingSince: null, known };
      if (truth) return { ...memory, clearingSince: null, known };
      const clearingSince = memory.clearingSince ?? at;
      if (at - clearingSince < clearMs) return { ...memory, clearingSince, known };
      return { state: 'absent', since: at, clearingSince: null, known };
    }
  }
}

export function judgeSymptom(symptom: Symptom, memory: SymptomMemory, view: View): SymptomMemory {
  const holding = memory.state === 'present';
  const seen = judge(symptom.when, view, holding);
  const excused =
    seen !== false && !holding && symptom.unless.some((condition) => judge(condition, view, false) === true);
  const truth = excused ? false : seen;
  return nextSymptom(memory, truth, view.at, symptom.forMinutes * MINUTE, symptom.clearMinutes * MINUTE);
}

/** As people and the ranking see it: a symptom whose condition could not be judged is unknown unless it is already present. */
export const shownState = (memory: SymptomMemory): 'absent' | 'pending' | 'present' | 'unknown' =>
  memory.state === 'present' || memory.known ? memory.state : 'unknown';
