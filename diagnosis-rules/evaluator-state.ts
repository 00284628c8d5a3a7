// Everything that an evaluator remembers, and as bytes.
import { deserialize, serialize } from 'node:v8';
import type { Id } from '#contracts';
import { newArrival } from './arrival.ts';
import { intoPresentOrder, type MemoryOrder, memoryOrder } from './memory.ts';
import { Rule } from './rule.ts';
import type { Published } from './rule-set.ts';
import type { Cohort } from './usual.ts';
import type { Watched } from './watched.ts';

export type State = {
  order: MemoryOrder;
  rules: [string, Published][];
  cohorts: Map<string, Cohort>;
  upMs: number;
  tickAt: number;
  lookedAt: number;
  appliances: Map<Id, Watched>;
  /** At which broker each is connected, also one that has said nothing yet. */
  lines: Map<Id, string>;
};

export const freshState = (cohorts: Iterable<readonly [string, Cohort]> = []): State => ({
  order: memoryOrder(),
  rules: [],
  cohorts: new Map(cohorts),
  upMs: 0,
  tickAt: 0,
  lookedAt: 0,
  appliances: new Map(),
  lines: new Map(),
});

export const stateBytes = (state: State): Buffer => serialize(state);

/** A rule that this version of the program cannot judge is not judged. */
const judgeable = (rule: Rule | null): Rule | null => (rule && Rule.safeParse(rule).success ? rule : null);

export function remembered(snapshot: Buffer): State {
  const state = deserialize(snapshot) as State;
  for (const [, versions] of state.rules) {
    versions.live = judgeable(versions.live);
    versions.trial = judgeable(versions.trial);
  }
  const arrange = intoPresentOrder(state.order);
  for (const appliance of state.appliances.values()) {
    appliance.memory = arrange(appliance.memory);
    // What one from before does not know begins anew.
    appliance.arrival = { ...newArrival(), ...appliance.arrival };
  }
  // One from before lines were remembered has none.
  return { ...state, order: memoryOrder(), lines: state.lines ?? new Map() };
}

/** False for one from before memories had an order: the log is replayed then. */
export const snapshotFits = (snapshot: Buffer): boolean =>
  (deserialize(snapshot) as Partial<State>).order !== undefined;
