import { describe, expect, it } from 'vitest';
import { OURS, type Rules, START, type State, stepsFrom, undone, violation } from './protocol.ts';

type Explored = { states: number; wrong: string | null; how: string[] };

/** Every state that can be reached, nearest first; ends at the first that is wrong, with the steps that led to it. */
function explore(rules: Rules): Explored {
  const keyOf = (state: State): string => JSON.stringify(state);
  const cameFrom = new Map<string, { before: string; name: string } | null>([[keyOf(START), null]]);
  let front: State[] = [START];
  const howTo = (key: string): string[] => {
    const names: string[] = [];
    for (let at = cameFrom.get(key); at; at = cameFrom.get(at.before)) names.unshift(at.name);
    return names;
  };
  while (front.length > 0) {
    const next: State[] = [];
    for (const state of front) {
      const steps = stepsFrom(state, rules);
      const wrong = violation(state) ?? (steps.every(({ fault }) => fault) ? undone(state) : null);
      if (wrong) return { states: cameFrom.size, wrong, how: howTo(keyOf(state)) };
      for (const step of steps) {
        const key = keyOf(step.next);
        if (cameFrom.has(key)) continue;
        cameFrom.set(key, { before: keyOf(state), name: step.name });
        next.push(step.next);
      }
    }
    front = next;
  }
  return { states: cameFrom.size, wrong: null, how: [] };
}

describe('the protocol of consumers', () => {
  it('commits and delivers every record once, whatever is killed, expires or comes back', () => {
    const { states, wrong, how } = explore(OURS);
    console.log(`${states} states of the protocol: ${wrong ?? 'none is wrong'}`);
    expect([wrong, how]).toEqual([null, []]);
    expect(states).toBeGreaterThan(10_000);
  });

  it.each([
    ['epochGuards', /doubled|do not fit/],
    ['leaseOutlastsWrites', /went back/],
    ['keptFromSnapshot', /trimmed/],
  ] as const)('needs its rule "%s": without it the search finds what goes wrong', (rule, found) => {
    expect(explore({ ...OURS, [rule]: false }).wrong).toMatch(found);
  });
});
