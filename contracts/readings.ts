// Readings: values of signals at a time.

import type { Id } from './ids.ts';
import type { ApplianceKind } from './model.ts';

export type SignalValue = number | boolean | string;

/** `mapped` is false for a signal that the catalogue does not know: it is kept under its own name. */
export type SignalReading = { signal: string; value: SignalValue; mapped: boolean };

/**
 * All readings of one appliance that carry one stamp. `at` is epoch ms by the appliance's clock. A reading's identity is
 * (appliance, signal, at); the one with the highest `position` (of its message in the log) wins, in every engine.
 */
export type Moment = { appliance: Id; kind: ApplianceKind; at: number; position: number; readings: SignalReading[] };

/** What one message said. `receivedAt` is epoch ms by the platform's clock. */
export type DecodedMessage = {
  appliance: Id;
  model: string;
  receivedAt: number;
  seq: number | null;
  /** Sorted by `at`. */
  moments: Moment[];
  /** Readings that were not taken, each with a reason a device developer understands. */
  rejected: { signal: string; at: number | null; reason: string }[];
};

/** One bucket of a down-sampled series. `at` is the start of the bucket, epoch ms. Booleans count as 0 and 1. */
export type SeriesPoint = { at: number; mean: number; min: number; max: number; count: number };

/** Length of a roll-up: what is kept of a signal when its raw readings are gone. */
export const ROLLUP_MS = 5 * 60_000;

/** One signal in the `ROLLUP_MS` from `at` on, epoch ms; `last` is the newest value of them. */
export type Rollup = SeriesPoint & { signal: string; last: number };
