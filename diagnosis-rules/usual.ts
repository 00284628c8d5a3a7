// What is usual for this appliance, learned from days on which it was well, and how far the last days are from it.
// A day is learned from only when it leaves the list of days, three weeks later: by then it is known whether it was well.
import { DAYS_KEPT, forgetOfDays, LINE, type Line, type Lines, lastQuarter, linesOf } from './days.ts';
import { DEFROSTS_SEEN } from './defrost.ts';
import { emptyMemory, type Memory } from './memory.ts';
import { rough } from './places.ts';
import { isShared, judgeRanges, median } from './range.ts';

/** Half of what was learned is forgotten in about three months. */
const FORGET = 1 - 1 / 120;
/** Until this many days were learned the oldest of the list stand in. */
const ENOUGH_DAYS = 14;
const FEWEST_DAYS = 3;
/** The newest days are looked at, so they are not what is usual. */
const NOT_YET_USUAL_DAYS = 4;
const LOOKED_AT_DAYS = 3;
/** A drift is only as large as it certainly is. */
const SIGMAS = 2.2;
/** The newest day alone, as a share of what the last days were away. */
const RECOVERED = 0.4;

/**
 * Each is a straight line over `x`, because work, power and gap move with the room by themselves. `slope`: per kelvin as
 * a share of the level, before anything was learned, and how uncertain that is. `daily`: how far one day lies from the
 * line (share); `blind`: how much further when the room's temperature is not known. Engineering knowledge, checked in simulation.
 */
type Measure = {
  name: 'work' | 'power' | 'gap' | 'rest';
  x(line: Line): number;
  centre: number;
  slope(meanX: number): number;
  slopeSpread: number;
  daily: number;
  blind: number;
  /** A shift is counted in the measure's own unit, not as a share. */
  absolute?: true;
  /** It is certain only where none of the last days was as usual: heat, guests and shopping come and go. Ice grows faster. */
  eachDay?: true;
  /** What one day lies further from the line for each unit of the level; and in the measure's own unit, whatever the level. */
  dailyPerLevel?: number;
  dailyInUnit?: number;
  /** What it scatters beyond that comes in spells, as ice does: days in a row tell no more than one. */
  inSpells?: true;
  /** What is looked for is the same each day: the least of the last days counts. */
  alike?: true;
  sums: number;
  raw: number;
  certain: number;
  level: number;
};

const SUMS = 6;
const measure = (m: Omit<Measure, 'sums' | 'raw' | 'certain' | 'level'>): Measure => ({
  ...m,
  sums: rough.take(`usual ${m.name}`, SUMS),
  raw: rough.take(`${m.name} drift`),
  certain: rough.take(`${m.name} certain drift`),
  level: rough.take(`${m.name} level`),
});

export const WORK = measure({
  name: 'work',
  x: ({ ambient, air }) => ambient - air,
  centre: 20,
  // In proportion to how much warmer the room is, and a little more: a warm room also takes from the capacity.
  slope: (meanX) => 1.2 / Math.max(8, meanX + 20),
  slopeSpread: 0.025,
  daily: 0.05,
  // Doors and warm food weigh more where there is little to do: in a cold room.
  dailyInUnit: 0.012,
  blind: 0.7,
  eachDay: true,
});
export const POWER = measure({
  name: 'power',
  x: ({ ambient }) => ambient,
  centre: 23,
  slope: () => 0.003,
  slopeSpread: 0.004,
  daily: 0.012,
  blind: 0.05,
  eachDay: true,
});
export const GAP = measure({
  name: 'gap',
  x: ({ ambient }) => ambient,
  centre: 23,
  slope: () => 0.006,
  slopeSpread: 0.006,
  daily: 0.025,
  blind: 0.09,
});
export const REST = measure({
  name: 'rest',
  x: ({ ambient }) => ambient,
  centre: 23,
  slope: () => 0.03,
  slopeSpread: 0.05,
  daily: 0.3,
  blind: 0.3,
  absolute: true,
  // Cold that a short rest leaves in the evaporator: how much depends on how long it rested.
  dailyPerLevel: 0.15,
  inSpells: true,
  eachDay: true,
  // A thermometer that is off is off each day; ice comes and goes.
  alike: true,
});
const MEASURES = [WORK, POWER, GAP, REST];

const LEARNED = rough.take('days learned');

/** Weighted sums of days: n, x, y, xx, xy, and squared distance of single days from the line (as a share). */
type Sums = { n: number; x: number; y: number; xx: number; xy: number; rr: number };

const nothing = (): Sums => ({ n: 0, x: 0, y: 0, xx: 0, xy: 0, rr: 0 });

function sumsOf(m: Memory, { sums }: Measure): Sums {
  const r = m.rough;
  if (Number.isNaN(r[sums]!)) return nothing();
  return { n: r[sums]!, x: r[sums + 1]!, y: r[sums + 2]!, xx: r[sums + 3]!, xy: r[sums + 4]!, rr: r[sums + 5]! };
}

function include(sums: Sums, x: number, y: number): void {
  sums.n += 1;
  sums.x += x;
  sums.y += y;
  sums.xx += x * x;
  sums.xy += x * y;
}

/** Whether a day tells of a measure. Where the room is known on others, a day without it does not. */
function telling(measure: Measure, lines: Lines): (line: Line) => boolean {
  const isBlind = lines.every(({ line }) => Number.isNaN(measure.x(line)));
  return (line) => !Number.isNaN(line[measure.name]) && (isBlind || !Number.isNaN(measure.x(line)));
}

const xOf = (measure: Measure, line: Line): number => {
  const x = measure.x(line) - measure.centre;
  return Number.isNaN(x) ? 0 : x;
};

type Usual = {
  n: number;
  meanX: number;
  spreadX: number;
  level: number;
  slope: number;
  slopeSd: number;
  /** How far one day lies from the line, and how much of it comes in spells. */
  daily: number;
  spells: number;
};

/** As many days' worth of belief in the slope that was given. */
const SLOPE_DAYS = 10;
const SPREAD_KELVIN = 3;
const DAILY_DAYS = 8;

function usualFrom(measure: Measure, s: Sums): Usual {
  const meanX = s.x / s.n;
  const level = s.y / s.n;
  const unit = measure.absolute ? 1 : level;
  const given = measure.slope(meanX) * unit;
  const belief = SLOPE_DAYS * SPREAD_KELVIN ** 2;
  const sxx = Math.max(0, s.xx - s.x * meanX);
  const slope = (s.xy - s.x * level + belief * given) / (sxx + belief);
  const slopeSd = measure.slopeSpread * unit * Math.sqrt(belief / (sxx + belief));
  const dailyGiven = Math.hypot(measure.daily, (measure.dailyPerLevel ?? 0) * level, (measure.dailyInUnit ?? 0) / unit);
  const daily = Math.sqrt((DAILY_DAYS * dailyGiven ** 2 + s.rr) / (DAILY_DAYS + s.n));
  const spells = measure.inSpells ? Math.sqrt(Math.max(0, daily ** 2 - dailyGiven ** 2)) : 0;
  return { n: s.n, meanX, spreadX: Math.sqrt(sxx / s.n), level, slope, slopeSd, daily, spells };
}

const expectedAt = ({ level, slope, meanX }: Usual, x: number): number => level + slope * (x - meanX);

/** A day that left the list, and was well. */
export function learnFrom(m: Memory, line: Line): void {
  const lines = linesOf(m);
  for (const measure of MEASURES) {
    if (!telling(measure, lines)(line)) continue;
    const y = line[measure.name];
    const s = sumsOf(m, measure);
    const x = xOf(measure, line);
    if (s.n >= FEWEST_DAYS) s.rr += scatter(measure, usualFrom(measure, s), line);
    for (const key of ['n', 'x', 'y', 'xx', 'xy', 'rr'] as const) s[key] *= FORGET;
    include(s, x, y);
    m.rough.set([s.n, s.x, s.y, s.xx, s.xy, s.rr], measure.sums);
  }
  m.rough[LEARNED] = (Number.isNaN(m.rough[LEARNED]!) ? 0 : m.rough[LEARNED]!) + 1;
}

/** What is usual now, with the oldest days of the list where too little was learned; null when it is not known. */
function usualOf(m: Memory, measure: Measure, lines: Lines): Usual | null {
  const s = sumsOf(m, measure);
  const tells = telling(measure, lines);
  const stoodIn: Line[] = [];
  for (const { age, line } of lines) {
    if (s.n >= ENOUGH_DAYS || age < NOT_YET_USUAL_DAYS) break;
    if (line.well !== 1 || !tells(line)) continue;
    include(s, xOf(measure, line), line[measure.name]);
    stoodIn.push(line);
  }
  if (s.n < FEWEST_DAYS) return null;
  const usual = usualFrom(measure, s);
  for (const line of stoodIn) s.rr += scatter(measure, usual, line);
  return stoodIn.length > 0 ? usualFrom(measure, s) : usual;
}

/** One odd day must not make every other day look usual. */
function scatter(measure: Measure, usual: Usual, line: Line): number {
  const away = (line[measure.name] - expectedAt(usual, xOf(measure, line))) / (measure.absolute ? 1 : usual.level);
  return Math.min(away ** 2, (4 * usual.daily) ** 2);
}

/** Healthy appliances of the same model: the level and its spread (robust sigma) over units. */
export type Cohort = Readonly<Record<string, { median: number; spread: number }>>;

/** Fewer own days than this, and the model's level counts too. */
function known(m: Memory, measure: Measure, lines: Lines, cohort: Cohort | null): Usual | null {
  const own = usualOf(m, measure, lines);
  const model = cohort?.[measure.name];
  if (own || !model) return own;
  const daily = Math.hypot(measure.daily, measure.absolute ? model.spread : model.spread / model.median);
  const unit = measure.absolute ? 1 : model.median;
  return {
    n: 1,
    meanX: 0,
    spreadX: 0,
    level: model.median,
    slope: measure.slope(0) * unit,
    slopeSd: measure.slopeSpread * unit,
    daily,
    spells: 0,
  };
}

/** K beyond what its days were at: a line that was learned in one season says little of another. */
const farFrom = ({ spreadX }: Usual, away: number): number =>
  Math.max(0, Math.abs(away) - Math.max(SPREAD_KELVIN, 2 * spreadX));

const certainly = (drift: number, sd: number): number => Math.sign(drift) * Math.max(0, Math.abs(drift) - SIGMAS * sd);

function judgeMeasure(m: Memory, measure: Measure, lines: Lines, cohort: Cohort | null): void {
  const usual = known(m, measure, lines, cohort);
  const tells = telling(measure, lines);
  const newest = lines.filter(({ age, line }) => age <= LOOKED_AT_DAYS && tells(line));
  const looked = newest.slice(-LOOKED_AT_DAYS);
  const r = m.rough;
  r[measure.level] = usual ? usual.level : Number.NaN;
  r[measure.raw] = Number.NaN;
  r[measure.certain] = Number.NaN;
  if (!usual || looked.length < LOOKED_AT_DAYS) return;
  const unit = measure.absolute ? 1 : usual.level;
  const blind = looked.some(({ line }) => Number.isNaN(measure.x(line))) ? measure.blind : 0;
  const drifts = looked.map(({ line }) => {
    const x = xOf(measure, line);
    return { away: x - usual.meanX, drift: (line[measure.name] - expectedAt(usual, x)) / unit };
  });
  const drift = median(drifts.map((each) => each.drift));
  const away = median(drifts.map((each) => each.away));
  const sd = Math.hypot(
    usual.daily / Math.sqrt(usual.n),
    usual.daily / Math.sqrt(looked.length),
    usual.spells * Math.sqrt(1 - 1 / looked.length),
    (away * usual.slopeSd) / unit,
    farFrom(usual, away) * measure.slopeSpread,
    blind,
  );
  const newestDrift = drifts.at(-1)!.drift;
  const isAsUsual = (one: number): boolean =>
    Math.abs(one) < RECOVERED * Math.abs(drift) || Math.sign(one) !== Math.sign(drift);
  // A day that is as usual again ends it: a repair shows with the first quarter after it.
  r[measure.raw] = isAsUsual(newestDrift) ? newestDrift : drift;
  const isDoubtful = measure.eachDay ? drifts.some((each) => isAsUsual(each.drift)) : isAsUsual(newestDrift);
  const least = Math.min(...drifts.map((each) => Math.abs(each.drift)));
  r[measure.certain] = isDoubtful ? 0 : certainly(measure.alike ? Math.sign(drift) * least : drift, sd);
}

const QUARTERS = 3;
const WORK_OF_QUARTERS = rough.take('work of the last quarters', QUARTERS);
const NOTHING_KNOWN = Object.fromEntries(LINE.map((field) => [field, Number.NaN])) as Line;

/** After a quarter of a day ended: how much more it certainly worked than is usual in the least loaded ones. */
export function judgeQuarter(m: Memory, cohort: Cohort | null): void {
  const r = m.rough;
  r.copyWithin(WORK_OF_QUARTERS + 1, WORK_OF_QUARTERS, WORK_OF_QUARTERS + QUARTERS - 1);
  const usual = known(m, WORK, linesOf(m), cohort);
  const line = { ...NOTHING_KNOWN, ...lastQuarter(m) };
  const x = WORK.x(line) - WORK.centre;
  r[WORK_OF_QUARTERS] = Number.NaN;
  if (!usual || Number.isNaN(x) || isShared(m)) return;
  const drift = (line.work - expectedAt(usual, x)) / usual.level;
  const away = x - usual.meanX;
  const sd = Math.hypot(usual.daily, (away * usual.slopeSd) / usual.level, farFrom(usual, away) * WORK.slopeSpread);
  r[WORK_OF_QUARTERS] = certainly(drift, sd);
}

/** The least of the last quarters, as a share; NaN where one of them is not known. Asked often: nothing is made for it. */
export function workLately({ rough: r }: Memory): number {
  let least = Number.POSITIVE_INFINITY;
  for (let i = 0; i < QUARTERS; i++) least = Math.min(least, r[WORK_OF_QUARTERS + i]!);
  return least;
}

/** It is counted otherwise from now on. */
function forgetAsCounted(m: Memory): void {
  for (const { name, sums } of [WORK, GAP]) {
    forgetOfDays(m, name);
    m.rough.fill(Number.NaN, sums, sums + SUMS);
  }
}

/** After a day ended, or the list changed. */
export function judgeDays(m: Memory, cohort: Cohort | null): void {
  if (judgeRanges(m, linesOf(m))) forgetAsCounted(m);
  const lines = linesOf(m);
  for (const measure of MEASURES) judgeMeasure(m, measure, lines, cohort);
}

/** As a share (K for `REST`): how far the last days are from what is usual, and how far they certainly are. NaN: not known. */
export const driftOf = (m: Memory, { raw }: Measure): number => m.rough[raw]!;
export const certainDriftOf = (m: Memory, { certain }: Measure): number => m.rough[certain]!;
/** What is usual in a room of 23 °C; NaN: not known. */
export const levelOf = (m: Memory, { level }: Measure): number => m.rough[level]!;

/** `days` 0: that of its model stands in. Levels and shifts in the measure's own unit, or as a share of the level where it is not `absolute`. */
export type Learned = {
  measure: Measure['name'];
  absolute: boolean;
  days: number;
  level: number;
  drift: number;
  certain: number;
};

/** What is usual for this appliance now, and how far the last days are from it; only what is known. */
export function learnedNow(m: Memory, cohort: Cohort | null): Learned[] {
  const lines = linesOf(m);
  return MEASURES.flatMap((measure) => {
    const own = usualOf(m, measure, lines);
    const usual = own ?? known(m, measure, lines, cohort);
    if (!usual) return [];
    const { name, absolute = false } = measure;
    const days = own ? Math.round(own.n) : 0;
    const [drift, certain] = [driftOf(m, measure), certainDriftOf(m, measure)];
    return [{ measure: name, absolute, days, level: expectedAt(usual, 0), drift, certain }];
  });
}

/** What this appliance has to say about its model: its own levels, once enough days were well. */
export function levelsOf(m: Memory): Record<string, number> | null {
  const lines = linesOf(m);
  const levels: Record<string, number> = {};
  for (const measure of MEASURES) {
    const usual = usualOf(m, measure, lines);
    if (usual && usual.n >= ENOUGH_DAYS / 2) levels[measure.name] = expectedAt(usual, 0);
  }
  return Object.keys(levels).length > 0 ? levels : null;
}

/** A memory that knows what this one had learned and the days that it lists, and nothing else. */
export function learnedOf(m: Memory): Memory {
  const kept = emptyMemory();
  for (const { sums } of MEASURES) kept.rough.set(m.rough.subarray(sums, sums + SUMS), sums);
  for (const place of [LEARNED, DEFROSTS_SEEN, ...DAYS_KEPT.rough]) kept.rough[place] = m.rough[place]!;
  for (const [from, length] of DAYS_KEPT.brief) kept.brief.set(m.brief.subarray(from, from + length), from);
  return kept;
}
