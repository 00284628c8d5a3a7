// What the days of this appliance go between.
import { type Extreme, IS_SHARED, type Line, type Lines } from './days.ts';
import type { Memory } from './memory.ts';
import { rough } from './places.ts';

const FEWEST_DAYS = 3;
const USUAL_AIR = rough.take('air usually');

export const median = (values: number[]): number => {
  const sorted = values.sort((a, b) => a - b);
  const middle = sorted.length >> 1;
  return sorted.length % 2 === 1 ? sorted[middle]! : (sorted[middle - 1]! + sorted[middle]!) / 2;
};

type Range = { low: number; high: number };
const range = (name: Extreme): Range => ({
  low: rough.take(`${name} usual low`),
  high: rough.take(`${name} usual high`),
});
const RANGES: Readonly<Record<Extreme, Range>> = {
  power: range('power'),
  gap: range('gap'),
  air: range('air'),
  freezer: range('freezer'),
  rise: range('rise'),
};
/** From so many days on, the oddest one is not taken for usual. */
const DAYS_FOR_AN_ODD_ONE = 8;

/** What the days before yesterday went between. With too few of them it stays as it was. */
function judgeRange(m: Memory, what: Extreme, lines: Lines): void {
  // A day on which next to nothing was seen of a run does not tell what days go between.
  const isSeen = (line: Line): boolean => (what !== 'power' && what !== 'gap') || !Number.isNaN(line[what]);
  const well = lines.filter(
    ({ age, line }) => age >= 1 && line.well === 1 && !Number.isNaN(line[`${what}Low`]) && isSeen(line),
  );
  if (well.length < FEWEST_DAYS) return;
  const odd = well.length >= DAYS_FOR_AN_ODD_ONE ? 1 : 0;
  const lows = well.map(({ line }) => line[`${what}Low`]).sort((a, b) => a - b);
  const highs = well.map(({ line }) => line[`${what}High`]).sort((a, b) => b - a);
  m.rough[RANGES[what].low] = lows[odd]!;
  m.rough[RANGES[what].high] = highs[odd]!;
}

/** How far a value is beyond what is usual, either way; 0 within; NaN: not known. */
export function beyondUsual(m: Memory, what: Extreme, value: number): number {
  const low = m.rough[RANGES[what].low]!;
  const high = m.rough[RANGES[what].high]!;
  if (value > high) return value - high;
  if (value < low) return value - low;
  return Number.isNaN(value + low + high) ? Number.NaN : 0;
}
/** The end of what is usual on the side of the value. */
export const usualLimit = (m: Memory, what: Extreme, value: number): number =>
  m.rough[value > m.rough[RANGES[what].high]! ? RANGES[what].high : RANGES[what].low]!;
export const usualHigh = (m: Memory, what: Extreme): number => m.rough[RANGES[what].high]!;

/** The cabinet's air in quiet hours, in the middle of the days before yesterday. */
function judgeAir(m: Memory, lines: Lines): void {
  const airs = lines
    .filter(({ age, line }) => age >= 1 && line.well === 1 && !Number.isNaN(line.air))
    .map(({ line }) => line.air);
  if (airs.length >= FEWEST_DAYS) m.rough[USUAL_AIR] = median(airs);
}
export const usualAir = (m: Memory): number => m.rough[USUAL_AIR]!;

/** One compressor that cools now this evaporator, now another: how far the gap opens says which, not how well. */
const SHARED_RATIO = { from: 1.9, until: 1.5 };
export const isShared = (m: Memory): boolean => m.rough[IS_SHARED] === 1;

/** By how far it goes within a day, which no fault that grows changes. True when it turned out otherwise than was thought. */
function judgeSharing(m: Memory, lines: Lines): boolean {
  const ratios = lines
    .map(({ line }) => line.gapHigh / Math.max(0.5, line.gapLow))
    .filter((ratio) => !Number.isNaN(ratio));
  // Not before it is known how far the gap opens at all.
  if (ratios.length < FEWEST_DAYS || Number.isNaN(usualHigh(m, 'gap'))) return false;
  const was = isShared(m);
  m.rough[IS_SHARED] = median(ratios) > (was ? SHARED_RATIO.until : SHARED_RATIO.from) ? 1 : 0;
  return isShared(m) !== was;
}

/** After a day. True when what a gap means, and how work is counted, has changed. */
export function judgeRanges(m: Memory, lines: Lines): boolean {
  for (const what of Object.keys(RANGES) as Extreme[]) judgeRange(m, what, lines);
  judgeAir(m, lines);
  return judgeSharing(m, lines);
}
