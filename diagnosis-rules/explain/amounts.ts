// What is learned to be usual, in amounts for people.
import type { Quantity } from '#contracts';
import type { Learned } from '../usual.ts';

type Unit = Quantity['unit'];
const UNITS: Record<Learned['measure'], { unit: Unit; times: number }> = {
  work: { unit: '%', times: 100 },
  power: { unit: 'W', times: 1 },
  gap: { unit: 'K', times: 1 },
  rest: { unit: 'K', times: 1 },
};

/** A level of what is learned, for people; one that this version does not know is only a number. */
export function levelQuantity(measure: string, level: number): Quantity {
  const { unit, times } = UNITS[measure as Learned['measure']] ?? { unit: '1', times: 1 };
  return { value: level * times, unit };
}

/** A shift: of what is not absolute as a percentage of the level. Null: not known. */
export function driftQuantity({ measure, absolute }: Learned, drift: number): Quantity | null {
  if (Number.isNaN(drift)) return null;
  return absolute ? levelQuantity(measure, drift) : { value: drift * 100, unit: '%' };
}
