// What one kill was, and what a run of them came to.
import type { Account } from './account.ts';
import type { Repeats } from './mailbox.ts';
import type { Outcome } from './outcome.ts';

export type Kill = {
  /** Which process. */
  kind: string;
  /** The step at which it died, or how the kill fell otherwise. */
  hit: string;
  /** Messages sent and not acknowledged. */
  inFlight: number;
  /** Messages acknowledged since the kill before. */
  acknowledged: number;
};

export type Result = {
  kills: Kill[];
  account: Account;
  outcomes: Outcome[];
  mails: Repeats;
  quarantined: string[];
  /** Processes that ended without a kill, with what they said. */
  endedThemselves: string[];
};

export const describeKill = ({ kind, hit, inFlight, acknowledged }: Kill, round: number): string =>
  `kill ${String(round).padStart(3)}  ${kind.padEnd(14)}  ${hit.padEnd(34)}  ${String(acknowledged).padStart(6)} acknowledged since the last, ${String(inFlight).padStart(4)} in flight`;
