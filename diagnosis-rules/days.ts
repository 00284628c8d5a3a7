// Days in one line each. A day's line is its least loaded quarter: doors, warm food and guests only ever add load, so that
// what is left is the machine itself.
import { DAY, HOUR } from '#runtime';
import { isStillIcing } from './defrost.ts';
import type { Memory } from './memory.ts';
import { brief, rough } from './places.ts';
import { minutesSinceDefrost, type RunSample } from './runs.ts';
import type { Span } from './span.ts';

const QUARTER_MS = 6 * HOUR;
const KNOWN_HOURS = 4;
const SETTLED_HOURS = { power: 0.25, gap: 0.15 };
/** Remembered one by one; what is older is learned from. */
export const DAYS = 21;

const sum = (name: string): { total: number; hours: number } => ({
  total: rough.take(`sum of ${name}`),
  hours: rough.take(`hours of ${name}`),
});
const WORK = sum('work');
const SHARE = sum('share');
const EFFORT = sum('effort');
const AMBIENT_SUM = sum('ambient');
const AIR_SUM = sum('air');
const POWER_SUM = sum('power');
const GAP_SUM = sum('gap');
const REST_SUM = sum('rest gap');
const SUMS = [WORK, SHARE, EFFORT, AMBIENT_SUM, AIR_SUM, POWER_SUM, GAP_SUM, REST_SUM];

/** Of the whole day. */
const DAY_EFFORT = sum('effort of the day');
const DAY_AMBIENT = sum('ambient of the day');
const DAY_AIR = sum('air of the day');
const DAY_SUMS = [DAY_EFFORT, DAY_AMBIENT, DAY_AIR];

/** Fields of a line, in the order of their places: the least loaded quarter, what the day went between, and `well`: 1 unless the appliance was ill. */
export const LINE = [
  'work',
  'ambient',
  'air',
  'power',
  'gap',
  'rest',
  'powerLow',
  'powerHigh',
  'gapLow',
  'gapHigh',
  'airLow',
  'airHigh',
  'freezerLow',
  'freezerHigh',
  'riseLow',
  'riseHigh',
  'well',
] as const;
type Field = (typeof LINE)[number];
export type Line = Record<Field, number>;
const FIELDS = LINE.length;

/** What ice on the evaporator changes. */
const OF_ICE = ['work', 'gap', 'rest', 'gapLow', 'gapHigh'] as const;

/** From start to start: work and hours so far, and whether it is whole and nothing came between. */
const CYCLE_WORK = rough.take('cycle work');
const CYCLE_HOURS = rough.take('cycle hours');
const CYCLE_WHOLE = rough.take('cycle whole');

const QUARTER = rough.take('quarter');
const TODAY = rough.take('line of today', FIELDS);
const RING = brief.take('lines', DAYS * FIELDS);
const NEWEST_DAY = rough.take('newest line');
/** Whether its compressor cools two compartments in turns; the gaps of the lines depend on it. */
export const IS_SHARED = rough.take('compressor is shared');

const dayOf = (at: number): number => Math.floor(at / DAY);

const setNothing = (m: Memory, sums: readonly { total: number; hours: number }[]): void => {
  for (const { total, hours } of sums) {
    m.rough[total] = 0;
    m.rough[hours] = 0;
  }
};

function add(m: Memory, { total, hours }: { total: number; hours: number }, value: number, weight: number): void {
  if (Number.isNaN(value)) return;
  m.rough[total]! += value * weight;
  m.rough[hours]! += weight;
}

const meanOf = (m: Memory, { total, hours }: { total: number; hours: number }, atLeast: number): number =>
  m.rough[hours]! >= atLeast ? m.rough[total]! / m.rough[hours]! : Number.NaN;

/** Whole cycles of less tell nothing of the work; where they tell, the room is known for as long. */
const CYCLES_HOURS = 2;
const WITHOUT_PAUSE = 0.97;

/** By whole cycles, since a quarter holds few of them; by time where it never rests. */
function workOf(m: Memory): number {
  const byCycles = meanOf(m, WORK, CYCLES_HOURS);
  if (!Number.isNaN(byCycles)) return byCycles;
  return meanOf(m, SHARE, KNOWN_HOURS) >= WITHOUT_PAUSE ? meanOf(m, EFFORT, KNOWN_HOURS) : Number.NaN;
}

/** Some boards wait for days between two defrosts: what ice does meanwhile is no fault. Long after the last one it is. */
const ICED_HOURS = { from: 48, to: 200 };
function isIced(m: Memory, at: number): boolean {
  const hours = minutesSinceDefrost(m, at) / 60;
  return hours > ICED_HOURS.from && hours < ICED_HOURS.to;
}

function followCycle(m: Memory, { ms, before, now }: Span, whole: boolean, iced: boolean): void {
  const r = m.rough;
  if (!whole) r[CYCLE_WHOLE] = 0;
  if (ms === 0 || iced || now.defrost === 1 || Number.isNaN(now.cooling)) {
    r[CYCLE_WHOLE] = 0;
    return;
  }
  const hours = ms / HOUR;
  r[CYCLE_HOURS]! += hours;
  if (before.cooling === 1) r[CYCLE_WORK]! += before.effort * hours;
  if (before.cooling !== 0 || now.cooling !== 1) return;
  if (r[CYCLE_WHOLE] === 1) {
    r[WORK.total]! += r[CYCLE_WORK]!;
    r[WORK.hours]! += r[CYCLE_HOURS]!;
  }
  r[CYCLE_WORK] = 0;
  r[CYCLE_HOURS] = 0;
  r[CYCLE_WHOLE] = 1;
}

/** The quarter that was over last. */
const LAST = rough.take('last quarter', 3);
export const lastQuarter = (m: Memory): Pick<Line, 'work' | 'ambient' | 'air'> => ({
  work: m.rough[LAST]!,
  ambient: m.rough[LAST + 1]!,
  air: m.rough[LAST + 2]!,
});

/** By what the least loaded quarter of today was told. */
const RANK = rough.take('load of the least loaded quarter');
/** Quarters of which less is known stand in while there is no better one: the room unknown, or even how much it worked. */
const STANDS_IN = { withoutRoom: 5, withoutWork: 10 };

/** Work for each kelvin that the room is warmer. */
function rankOf(m: Memory, work: number, ambient: number, air: number): number {
  if (Number.isNaN(work)) return STANDS_IN.withoutWork + meanOf(m, EFFORT, KNOWN_HOURS);
  if (Number.isNaN(ambient)) return STANDS_IN.withoutRoom + work;
  return work / Math.max(3, ambient - air + 3);
}

function closeQuarter(m: Memory): void {
  const work = workOf(m);
  const ambient = meanOf(m, AMBIENT_SUM, CYCLES_HOURS);
  const air = meanOf(m, AIR_SUM, CYCLES_HOURS);
  const r = m.rough;
  r.set([work, ambient, air], LAST);
  const rank = rankOf(m, work, ambient, air);
  if (!Number.isNaN(rank) && !(rank >= r[RANK]!)) {
    r[RANK] = rank;
    const line = [
      work,
      ambient,
      air,
      meanOf(m, POWER_SUM, SETTLED_HOURS.power),
      meanOf(m, GAP_SUM, SETTLED_HOURS.gap),
      meanOf(m, REST_SUM, 1),
    ];
    for (const [field, value] of line.entries()) r[TODAY + field] = value;
  }
  setNothing(m, SUMS);
}

const KNOWN_HOURS_OF_DAY = 16;

/** Two compartments are cooled in turns as it happens: how much it works shows in whole days only. */
function tellByWholeDay(m: Memory): void {
  const means = DAY_SUMS.map((each) => meanOf(m, each, KNOWN_HOURS_OF_DAY));
  for (const [field, value] of means.entries()) m.rough[TODAY + field] = value;
}

/** The line of the day that is over; what it pushes out of the ring goes to `old`. */
function closeDay(m: Memory, day: number, well: boolean, old: (line: Line) => void): void {
  const newest = m.rough[NEWEST_DAY]!;
  const from = Number.isNaN(newest) ? day : Math.max(newest + 1, day - DAYS + 1);
  for (let each = from; each <= day; each++) {
    const place = RING + (each % DAYS) * FIELDS;
    const pushed = lineAt(m, place);
    if (pushed.well === 1) old(pushed);
    m.brief.fill(Number.NaN, place, place + FIELDS);
  }
  const place = RING + (day % DAYS) * FIELDS;
  if (m.rough[IS_SHARED] === 1) tellByWholeDay(m);
  setNothing(m, DAY_SUMS);
  if (isStillIcing(m)) for (const field of OF_ICE) m.rough[TODAY + LINE.indexOf(field)] = Number.NaN;
  m.brief.set(m.rough.subarray(TODAY, TODAY + FIELDS), place);
  m.brief[place + FIELDS - 1] = well ? 1 : 0;
  m.rough.fill(Number.NaN, TODAY, TODAY + FIELDS);
  m.rough[RANK] = Number.NaN;
  m.rough[NEWEST_DAY] = day;
}

const lineAt = (m: Memory, place: number): Line =>
  Object.fromEntries(LINE.map((field, index) => [field, m.brief[place + index]!])) as Line;

/** What the day went between, so far. */
export type Extreme = 'power' | 'gap' | 'air' | 'freezer' | 'rise';

/** A value of today that belongs to what the day went between. */
export function stretch(m: Memory, what: Extreme, value: number): void {
  if (Number.isNaN(value)) return;
  const low = TODAY + LINE.indexOf(`${what}Low`);
  const r = m.rough;
  if (!(r[low]! <= value)) r[low] = value;
  if (!(r[low + 1]! >= value)) r[low + 1] = value;
}

/** From the oldest to the newest; `age` in days before the newest. */
export type Lines = { age: number; line: Line }[];

/** The known lines. */
export function linesOf(m: Memory): Lines {
  const newest = m.rough[NEWEST_DAY]!;
  if (Number.isNaN(newest)) return [];
  const lines: Lines = [];
  for (let age = Math.min(DAYS - 1, newest); age >= 0; age--) {
    const line = lineAt(m, RING + ((newest - age) % DAYS) * FIELDS);
    if (!Number.isNaN(line.well)) lines.push({ age, line });
  }
  return lines;
}

/** Without so many days that were well nothing would be usual any more. */
const WELL_DAYS_KEPT = 5;

/** The last days were not as well as they seemed. */
export function doubt(m: Memory, days: number): void {
  const well = linesOf(m).filter(({ line }) => line.well === 1);
  const newest = m.rough[NEWEST_DAY]!;
  for (const { age } of well.slice(WELL_DAYS_KEPT)) {
    if (age < days) m.brief[RING + ((newest - age) % DAYS) * FIELDS + FIELDS - 1] = 0;
  }
}

/** What `field` says of the listed days cannot be compared with days to come. */
export function forgetOfDays(m: Memory, field: Field): void {
  for (let day = 0; day < DAYS; day++) m.brief[RING + day * FIELDS + LINE.indexOf(field)] = Number.NaN;
}

/** Forgets the day of `at`, and what came after it. */
export function rewindDays(m: Memory, at: number): void {
  const newest = m.rough[NEWEST_DAY]!;
  const day = dayOf(at);
  for (let each = Math.max(day, newest - DAYS + 1); each <= newest; each++) {
    const place = RING + (each % DAYS) * FIELDS;
    m.brief.fill(Number.NaN, place, place + FIELDS);
  }
  if (newest >= day) m.rough[NEWEST_DAY] = day - 1;
  m.rough.fill(Number.NaN, TODAY, TODAY + FIELDS);
  m.rough[RANK] = Number.NaN;
  m.rough[QUARTER] = Number.NaN;
}

/** Places that outlive a rewind. */
export const DAYS_KEPT = { rough: [NEWEST_DAY, IS_SHARED], brief: [[RING, DAYS * FIELDS]] } as const;

/** Takes the span; says what came to its end. `well`: the appliance is not ill, as far as is known. */
export function followDays(
  m: Memory,
  span: Span,
  run: RunSample,
  well: boolean,
  old: (line: Line) => void,
): 'day' | 'quarter' | null {
  const { ms, before, now } = span;
  const quarter = Math.floor(now.at / QUARTER_MS);
  const last = m.rough[QUARTER]!;
  let ended: 'day' | 'quarter' | null = null;
  if (quarter !== last) {
    if (!Number.isNaN(last)) {
      closeQuarter(m);
      ended = 'quarter';
    } else setNothing(m, [...SUMS, ...DAY_SUMS]);
    if (!Number.isNaN(last) && dayOf(now.at) !== dayOf(last * QUARTER_MS)) {
      closeDay(m, dayOf(last * QUARTER_MS), well, old);
      ended = 'day';
    }
    m.rough[QUARTER] = quarter;
  }
  const iced = isIced(m, now.at);
  followCycle(m, span, run.whole, iced);
  if (ms === 0 || iced) return ended;
  const hours = ms / HOUR;
  const effort = before.cooling === 1 ? before.effort : before.cooling;
  add(m, SHARE, before.cooling, hours);
  add(m, EFFORT, effort, hours);
  add(m, DAY_EFFORT, effort, hours);
  add(m, DAY_AMBIENT, before.ambient, hours);
  add(m, DAY_AIR, before.air, hours);
  add(m, AMBIENT_SUM, before.ambient, hours);
  add(m, AIR_SUM, before.air, hours);
  add(m, POWER_SUM, run.power, hours);
  add(m, GAP_SUM, run.gap, hours);
  add(m, REST_SUM, run.restGap, 1);
  return ended;
}
