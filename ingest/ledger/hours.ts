// The ledger counts by the hour of receipt.
import { HOUR } from '#runtime';

export const hourOf = (at: number): number => at - (at % HOUR);

/** What the consumer counts of an appliance's hour. */
export const HOUR_COLUMNS = [
  'decoded',
  'quarantined',
  'commands',
  'replayed',
  'readings',
  'repeated',
  'late',
  'rejected',
] as const;
