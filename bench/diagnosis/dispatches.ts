// Visits that were sent for nothing, and visits that were not sent.

import { yearsOf } from './false-alarms.ts';
import { FAULTS } from './faults.ts';
import type { Scored } from './matching.ts';
import type { PerFault } from './per-fault.ts';
import { share } from './shares.ts';

/** Per 1,000 appliance-years, with each fault as often as assumed. */
export type Dispatches = { avoidable: number; ofFalseAlarms: number; missed: number };

export function dispatchesOf(faults: readonly PerFault[], healthy: readonly Scored[]): Dispatches {
  const weigh = (act: 'owner' | 'technician', wrong: (fault: PerFault) => number) =>
    1_000 *
    faults
      .filter(({ code, events }) => FAULTS[code].act === act && events > 0)
      .reduce((sum, fault) => sum + FAULTS[fault.code].perYear * share(wrong(fault), fault.events), 0);
  const sent = healthy
    .flatMap(({ episodes }) => episodes)
    .filter(({ episode, verdict }) => verdict === 'false' && episode.said.at(-1)!.causes[0]!.by === 'technician');
  return {
    avoidable: weigh('owner', ({ told }) => told.technician),
    ofFalseAlarms: 1_000 * share(sent.length, yearsOf(healthy.map(({ life }) => life))),
    missed: weigh('technician', ({ told }) => told.owner + told.none),
  };
}
