// Days in one line each. A day's line is its least loaded quarter: doors, warm food and guests only ever add load, so that
// what is left is the machine itself.
import { DAY, HOUR, MINUTE } from '#runtime';
import { lostSince } from './door.ts';
import type { Memory } from './memory.ts';
import { brief, exact, rough } from './places.ts';
import { minutesSinceDefrost, type RunSample } from './runs.ts';
import { COMPRESSOR_ON, COMPRESSOR_SPEED, POWER, stampOf } from './signals.ts';
import type { Span } from './span.ts';

const QUARTER_MS = 6 * HOUR;
const KNOWN_HOURS = 4;
const SETTLED_HOURS = { power: 0.25, gap: 0.15 };
/** Remembered one by one; what is older is learned from. */
export const DAYS = 21;

const sum = (name: string): { total: number; hours: number } => ({
  total: rough.take(`quarter ${name}`),
  hours: rough.take(`quarter ${name} hours`),
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
export type Line = Record<(typeof LINE)[number], number>;
const FIELDS = LINE.length;

/** From start to start: work and hours so far, and whether it is whole and nothing came between. */
const CYCLE_WORK = rough.take('cycle work');
const CYCLE_HOURS = rough.take('cycle hours');
const CYCLE_WHOLE = rough.take('cycle whole');

const RUN_SAID_AT = exact.take('run or rest said');
const QUARTER = exact.take('quarter');
const TODAY = rough.take('line of today', FIELDS);
const RING = brief.take('lines', DAYS * FIELDS);
const NEWEST_DAY = exact.take('newest line');

const dayOf = (at: number): number => Math.floor(at / DAY);

function add(m: Memory, { total, hours }: { total: number; hours: number }, value: number, weight: number): void {
  if (Number.isNaN(value)) return;
  m.rough[total]! += value * weight;
  m.rough[hours]! += weight;
}

const meanOf = (m: Memory, { total, hours }: { total: number; hours: number }, atLeast: number): number =>
  m.rough[hours]! >= atLeast ? m.rough[total]! / m.rough[hours]! : Number.NaN;

/** Work for each kelvin that the room is warmer: what the least loaded quarter is told by. */
const load = (work: number, ambient: number, air: number): number =>
  work / (Number.isNaN(ambient) ? 20 : Math.max(3, ambient - air + 3));

const CYCLES_HOURS = 2;
const WITHOUT_PAUSE = 0.97;

/** By whole cycles, since a quarter holds few of them; by time where it never rests. */
function workOf(m: Memory): number {
  const byCycles = meanOf(m, WORK, CYCLES_HOURS);
  if (!Number.isNaN(byCycles)) return byCycles;
  return meanOf(m, SHARE, KNOWN_HOURS) >= WITHOUT_PAUSE ? meanOf(m, EFFORT, KNOWN_HOURS) : Number.NaN;
}

/** Runs of some minutes: so long nothing of one need be missed. */
const SAID_SOON_MS = 3 * MINUTE;

/** A start or a stop may be among what was lost. */
function mayHaveTurned(m: Memory, at: number): boolean {
  if (Math.max(stampOf(m, COMPRESSOR_ON) || 0, stampOf(m, COMPRESSOR_SPEED) || 0, stampOf(m, POWER) || 0) !== at)
    return false;
  const saidAt = m.exact[RUN_SAID_AT]!;
  m.exact[RUN_SAID_AT] = at;
  return at - saidAt > SAID_SOON_MS && lostSince(m, saidAt);
}

/** Some boards wait for days between two defrosts: what ice does meanwhile is no fault. Long after the last one it is. */
const ICED_HOURS = { from: 48, to: 200 };
function isIced(m: Memory, at: number): boolean {
  const hours = minutesSinceDefrost(m, at) / 60;
  return hours > ICED_HOURS.from && hours < ICED_HOURS.to;
}

function followCycle(m: Memory, { ms, before, now }: Span, iced: boolean): void {
  const r = m.rough;
  if (mayHaveTurned(m, now.at)) r[CYCLE_WHOLE] = 0;
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

function closeQuarter(m: Memory): void {
  const work = workOf(m);
  const ambient = meanOf(m, AMBIENT_SUM, KNOWN_HOURS);
  const air = meanOf(m, AIR_SUM, KNOWN_HOURS);
  const r = m.rough;
  r.set([work, ambient, air], LAST);
  const soFar = load(r[TODAY]!, r[TODAY + 1]!, r[TODAY + 2]!);
  if (!Number.isNaN(work) && !(load(work, ambient, air) >= soFar)) {
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
  for (const { total, hours } of SUMS) {
    r[total] = 0;
    r[hours] = 0;
  }
}

/** The line of the day that is over; what it pushes out of the ring goes to `old`. */
function closeDay(m: Memory, day: number, well: boolean, old: (line: Line) => void): void {
  const newest = m.exact[NEWEST_DAY]!;
  const from = Number.isNaN(newest) ? day : Math.max(newest + 1, day - DAYS + 1);
  for (let each = from; each <= day; each++) {
    const place = RING + (each % DAYS) * FIELDS;
    const pushed = lineAt(m, place);
    if (pushed.well === 1) old(pushed);
    m.brief.fill(Number.NaN, place, place + FIELDS);
  }
  const place = RING + (day % DAYS) * FIELDS;
  m.brief.set(m.rough.subarray(TODAY, TODAY + FIELDS), place);
  m.brief[place + FIELDS - 1] = well ? 1 : 0;
  m.rough.fill(Number.NaN, TODAY, TODAY + FIELDS);
  m.exact[NEWEST_DAY] = day;
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

/** The known lines from the oldest to the newest; `age` in days before the newest. */
export function linesOf(m: Memory): { age: number; line: Line }[] {
  const newest = m.exact[NEWEST_DAY]!;
  if (Number.isNaN(newest)) return [];
  const lines: { age: number; line: Line }[] = [];
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
  const newest = m.exact[NEWEST_DAY]!;
  for (const { age } of well.slice(WELL_DAYS_KEPT)) {
    if (age < days) m.brief[RING + ((newest - age) % DAYS) * FIELDS + FIELDS - 1] = 0;
  }
}

/** Forgets the day of `at`, and what came after it. */
export function rewindDays(m: Memory, at: number): void {
  const newest = m.exact[NEWEST_DAY]!;
  const day = dayOf(at);
  for (let each = Math.max(day, newest - DAYS + 1); each <= newest; each++) {
    const place = RING + (each % DAYS) * FIELDS;
    m.brief.fill(Number.NaN, place, place + FIELDS);
  }
  if (newest >= day) m.exact[NEWEST_DAY] = day - 1;
  m.rough.fill(Number.NaN, TODAY, TODAY + FIELDS);
  m.exact[QUARTER] = Number.NaN;
}

/** Places that outlive a rewind. */
export const DAYS_KEPT = { exact: [NEWEST_DAY], brief: [[RING, DAYS * FIELDS]] } as const;

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
  const last = m.exact[QUARTER]!;
  let ended: 'day' | 'quarter' | null = null;
  if (quarter !== last) {
    if (!Number.isNaN(last)) {
      closeQuarter(m);
      ended = 'quarter';
    } else for (const { total, hours } of SUMS) m.rough.fill(0, total, total + 1).fill(0, hours, hours + 1);
    if (!Number.isNaN(last) && dayOf(now.at) !== dayOf(last * QUARTER_MS)) {
      closeDay(m, dayOf(last * QUARTER_MS), well, old);
      ended = 'day';
    }
    m.exact[QUARTER] = quarter;
  }
  const iced = isIced(m, now.at);
  followCycle(m, span, iced);
  if (ms === 0 || iced) return ended;
  const hours = ms / HOUR;
  add(m, SHARE, before.cooling, hours);
  add(m, EFFORT, before.cooling === 1 ? before.effort : before.cooling, hours);
  add(m, AMBIENT_SUM, before.ambient, hours);
  add(m, AIR_SUM, before.air, hours);
  add(m, POWER_SUM, run.power, hours);
  add(m, GAP_SUM, run.gap, hours);
  add(m, REST_SUM, run.restGap, 1);
  return ended;
}
