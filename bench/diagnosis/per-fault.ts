// One fault's row: found, how soon, under which name, and who was sent.
import { quantile } from './bootstrap.ts';
import { type Code, FAULTS, TWINS } from './faults.ts';
import { grownAt, heardFrom, type Match, type Scored, scoreLife } from './matching.ts';
import { share } from './shares.ts';
import { type CauseCounts, causeOf, countCauses } from './told-causes.ts';

/** What people were told to do; null when nothing was said. */
const actOf = ({ settled }: Match): 'owner' | 'technician' | null => settled?.causes[0]?.by ?? null;

const rightPart = ({ event, settled }: Match): boolean => {
  const { part } = FAULTS[event.code];
  return part !== null && settled !== null && part.test(settled.causes[0]!.parts);
};

export type PerFault = {
  code: Code;
  events: number;
  censored: number;
  detected: number;
  recall: number;
  /** From when it can be heard, or for what drifts from a fifth of its strength; ms. */
  suddenDelayMs: { median: number; p90: number; events: number };
  driftDelayMs: { median: number; p90: number; events: number };
  causes: CauseCounts;
  causesAtFirst: CauseCounts;
  causesAtLast: CauseCounts;
  told: { owner: number; technician: number; none: number };
  rightPart: { right: number; of: number };
  withoutCause: { detected: number; unknown: number; twin: number };
};

function spreadOf(delays: readonly number[]) {
  return { median: quantile(delays, 0.5), p90: quantile(delays, 0.9), events: delays.length };
}

function withoutCauseOf(code: Code, scored: readonly Scored[]): PerFault['withoutCause'] {
  const settled = scored
    .filter(({ life }) => life.asked === code && life.withoutCause)
    .flatMap(({ life }) => scoreLife(life, life.withoutCause!).matches)
    .filter(({ event, settled }) => event.code === code && settled)
    .map((match) => causeOf(match.settled!, 0));
  return {
    detected: settled.length,
    unknown: settled.filter((cause) => cause === 'unknown').length,
    twin: settled.filter((cause) => TWINS.includes(code) && TWINS.includes(cause as Code)).length,
  };
}

export function perFault(code: Code, scored: readonly Scored[]): PerFault {
  const all = scored.flatMap(({ matches }) => matches).filter(({ event }) => event.code === code);
  const counted = all.filter(({ censored }) => !censored);
  const detected = counted.filter(({ foundAt }) => foundAt !== null);
  const drifting = detected.filter(({ drifts }) => drifts);
  const sudden = detected.filter(({ drifts }) => !drifts);
  const dispatched = detected.filter((match) => actOf(match) === 'technician' && FAULTS[code].part !== null);
  const acts = counted.map(actOf);
  const told = (what: 'owner' | 'technician' | null) => acts.filter((act) => act === what).length;
  return {
    code,
    events: counted.length,
    censored: all.length - counted.length,
    detected: detected.length,
    recall: share(detected.length, counted.length),
    suddenDelayMs: spreadOf(sudden.map(({ event, foundAt }) => foundAt! - heardFrom(event))),
    driftDelayMs: spreadOf(drifting.map(({ event, foundAt }) => foundAt! - grownAt(event))),
    causes: countCauses(detected, 'settled'),
    causesAtFirst: countCauses(detected, 'first'),
    causesAtLast: countCauses(detected, 'last'),
    told: { owner: told('owner'), technician: told('technician'), none: told(null) },
    rightPart: { right: dispatched.filter(rightPart).length, of: dispatched.length },
    withoutCause: withoutCauseOf(code, scored),
  };
}
