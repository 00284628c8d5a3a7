// The compressor's runs and rests: how long they are, what is drawn and how cold the evaporator gets once a run has
// settled, and short peaks of current that are no run.
import { HOUR, MINUTE } from '#runtime';
import { doorMovedWithin } from './door.ts';
import { lostAt } from './losses.ts';
import type { Memory } from './memory.ts';
import { exact, rough } from './places.ts';
import { AIR, ENERGY, EVAPORATOR, FAN_SPEED, lastSaid, POWER, stampOf, wantedSaidAt } from './signals.ts';
import type { Span } from './span.ts';
import { fadingCount, forgetful } from './span.ts';

/** The inrush of a start is over, also for a meter that tells the mean of the last minute. */
const POWER_SETTLED_MS = 2.5 * MINUTE;
const MEAN_REACHES_MS = 1 * MINUTE;
/** The evaporator has come down. */
const GAP_SETTLED_MS = 5 * MINUTE;
/** The evaporator has come up to the air again, as far as it will. */
const RESTED_MS = 6 * MINUTE;
const NOW_TAU_MS = 25 * MINUTE;
const PEAKS_TAU_MS = 1 * HOUR;
/** Above what it draws at rest. A fan that runs on takes less. */
const PEAK_WATTS = 7;
/** A rotor that does not turn is switched off within seconds; a heater is on for longer than this. */
const PEAK_MS = 2.5 * MINUTE;
const FAN_STANDS = 60;
const FAN_STARTS_MS = 2 * MINUTE;

const SINCE = exact.take('run or rest since');
/** Began before anybody watched: its length is not known. */
const WHOLE = rough.take('run or rest seen from its beginning');
const POWER_NOW = rough.take('power of settled runs');
const GAP_NOW = rough.take('gap of settled runs');
const NOW_AT = exact.take('settled run stamp');
const FAN_STOOD_SINCE = exact.take('fan stood since');
const FAN_STOOD_TO = exact.take('fan stood to');
const FAN_TURNED = rough.take('fan was seen to turn');
const REST_POWER = rough.take('power at rest');
const PEAK_SINCE = exact.take('peak since');
const PEAKS = rough.take('peaks');
const PEAKS_AT = exact.take('peaks stamp');
const WARM_REST_SINCE = exact.take('rests although warm since');
const DEFROSTED_AT = exact.take('last in defrost');

/** What a span tells of a settled run or of the end of a rest; NaN: nothing. `whole`: no start or stop can be missing in it. */
export type RunSample = { power: number; gap: number; restGap: number; whole: boolean };
const NOTHING: RunSample = { power: Number.NaN, gap: Number.NaN, restGap: Number.NaN, whole: true };

const RESTED_FROM = exact.take('rest counted from');
const RESTED_ENERGY = exact.take('energy when the rest began');
const SURPLUS = rough.take('surplus at rest');
const SURPLUS_AT = exact.take('surplus stamp');
/** Long enough for a counter of whole watt-hours. */
const COUNTED_MS = 40 * MINUTE;

/** While nothing runs: what the counter says beyond what is drawn at rest. A short start is part of it. */
function followEnergy(m: Memory, { ms, before, now }: Span): void {
  const e = m.exact;
  const counter = stampOf(m, ENERGY) === now.at ? lastSaid(m, ENERGY) : Number.NaN;
  const ran = before.cooling === 1 && now.cooling === 1;
  if (ms === 0 || ran || now.defrost === 1 || before.defrost === 1 || Number.isNaN(now.cooling) || now.door === 1) {
    e[RESTED_FROM] = Number.NaN;
    return;
  }
  if (Number.isNaN(counter)) return;
  if (Number.isNaN(e[RESTED_FROM]!) || counter < e[RESTED_ENERGY]!) {
    e[RESTED_FROM] = now.at;
    e[RESTED_ENERGY] = counter;
    return;
  }
  const counted = now.at - e[RESTED_FROM]!;
  if (counted < COUNTED_MS || Number.isNaN(m.rough[REST_POWER]!)) return;
  m.rough[SURPLUS] = (counter - e[RESTED_ENERGY]!) / (counted / HOUR) - m.rough[REST_POWER]!;
  e[SURPLUS_AT] = now.at;
  e[RESTED_FROM] = now.at;
  e[RESTED_ENERGY] = counter;
}

/** W; NaN when it has not rested for so long of late. */
export const restSurplus = (m: Memory, at: number): number =>
  at - m.exact[SURPLUS_AT]! <= 2 * HOUR ? m.rough[SURPLUS]! : Number.NaN;

const noteTurn = (m: Memory, at: number, whole: boolean): void => {
  m.exact[SINCE] = at;
  m.rough[WHOLE] = whole ? 1 : 0;
};

function countPeak(m: Memory, at: number): void {
  m.rough[PEAKS] = fadingCount(m.rough[PEAKS]!, at - m.exact[PEAKS_AT]!, PEAKS_TAU_MS) + 1;
  m.exact[PEAKS_AT] = at;
}

function followPeaks(m: Memory, { ms, before, now }: Span): void {
  const calm = ms > 0 && before.cooling === 0 && now.cooling === 0 && now.defrost !== 1 && now.door !== 1;
  if (!calm || now.at - m.exact[SINCE]! < POWER_SETTLED_MS || Number.isNaN(now.power)) {
    m.exact[PEAK_SINCE] = Number.NaN;
    return;
  }
  const rest = m.rough[REST_POWER]!;
  if (Number.isNaN(rest) || now.power < rest) m.rough[REST_POWER] = now.power;
  const since = m.exact[PEAK_SINCE]!;
  const high = now.power - m.rough[REST_POWER]! > PEAK_WATTS;
  if (high) {
    if (Number.isNaN(since)) m.exact[PEAK_SINCE] = before.at;
  } else {
    if (before.at - since <= Math.max(PEAK_MS, ms)) countPeak(m, now.at);
    m.exact[PEAK_SINCE] = Number.NaN;
    // It may rise a little over the years, and with a brighter display.
    m.rough[REST_POWER] = forgetful(m.rough[REST_POWER]!, now.power, ms, 24 * HOUR);
  }
}

/** Said in a run, again and again, across runs; one reading that turns ends it. What is lost between says nothing. */
function followFan(m: Memory, { ms, before, now }: Span): void {
  if (stampOf(m, FAN_SPEED) !== now.at) return;
  // One that never turned is one that the appliance does not have, or does not report.
  if (now.fan >= FAN_STANDS) {
    m.rough[FAN_TURNED] = 1;
    m.exact[FAN_STOOD_SINCE] = Number.NaN;
    return;
  }
  const inRun = ms > 0 && before.cooling === 1 && now.cooling === 1 && now.at - m.exact[SINCE]! > FAN_STARTS_MS;
  if (!inRun || now.door === 1 || m.rough[FAN_TURNED] !== 1) return;
  if (Number.isNaN(m.exact[FAN_STOOD_SINCE]!)) m.exact[FAN_STOOD_SINCE] = now.at;
  m.exact[FAN_STOOD_TO] = now.at;
}

/** Fan and board draw the same at any speed. */
function atFullSpeed(m: Memory, power: number, effort: number): number {
  if (effort === 1) return power;
  const rest = m.rough[REST_POWER]! || 0;
  return rest + Math.max(0, power - rest) / effort;
}

/** What was said before messages were lost may have changed with them. */
const areSaid = (m: Memory, one: number, other = one): boolean =>
  !(lostAt(m) > Math.min(stampOf(m, one), stampOf(m, other)));

/** No fault changes what is drawn by so much from one message to the next: the run is over, or a defrost goes on. */
const OTHERWISE_SHARE = 0.2;

/** Since it was said to run messages were lost, and what it draws is not what a run draws: that it stopped was among them. */
function seemsToHaveStopped(m: Memory, { now }: Span): boolean {
  const saidAt = wantedSaidAt(m);
  if (saidAt === 0 || !(lostAt(m) > saidAt)) return false;
  const usual = m.rough[POWER_NOW]!;
  return Math.abs(atFullSpeed(m, now.power, now.effort) - usual) > OTHERWISE_SHARE * usual;
}

function settled(m: Memory, { ms, now }: Span): RunSample {
  const ranFor = now.at - m.exact[SINCE]!;
  const isSettled = ranFor >= POWER_SETTLED_MS + Math.min(ms, MEAN_REACHES_MS);
  if (ms === 0 || now.cooling !== 1 || now.defrost === 1 || !isSettled) return NOTHING;
  if (doorMovedWithin(m, now.at, 4 * MINUTE)) return NOTHING;
  const power = areSaid(m, POWER) ? atFullSpeed(m, now.power, now.effort) : Number.NaN;
  const isGapTold = ranFor >= GAP_SETTLED_MS && areSaid(m, AIR, EVAPORATOR);
  const gap = isGapTold ? (now.air - now.evaporator) / now.effort : Number.NaN;
  m.rough[POWER_NOW] = forgetful(m.rough[POWER_NOW]!, power, ms, NOW_TAU_MS);
  m.rough[GAP_NOW] = forgetful(m.rough[GAP_NOW]!, gap, ms, NOW_TAU_MS);
  m.exact[NOW_AT] = now.at;
  return { ...NOTHING, power, gap };
}

const RUN_SAID_AT = exact.take('run or rest said');
/** Shorter than most runs and rests: nothing of one need be missed. */
const SAID_SOON_MS = 11 * MINUTE;

/** A start or a stop may be among what was lost. */
function mayHaveTurned(m: Memory, at: number): boolean {
  if (Math.max(wantedSaidAt(m), stampOf(m, POWER) || 0) !== at) return false;
  const saidAt = m.exact[RUN_SAID_AT]!;
  m.exact[RUN_SAID_AT] = at;
  return at - saidAt > SAID_SOON_MS && lostAt(m) > saidAt;
}

/** Takes the span; returns what it tells of the machine. */
export function followRuns(m: Memory, span: Span): RunSample {
  const { ms, before, now } = span;
  if (now.defrost === 1) m.exact[DEFROSTED_AT] = now.at;
  followPeaks(m, span);
  followEnergy(m, span);
  followFan(m, span);
  if (Number.isNaN(now.cooling)) {
    m.exact[SINCE] = Number.NaN;
    return NOTHING;
  }
  const hasStopped = before.cooling === 1 && now.cooling === 1 && seemsToHaveStopped(m, span);
  if (mayHaveTurned(m, now.at) || hasStopped) {
    noteTurn(m, now.at, false);
    return { ...NOTHING, whole: false };
  }
  if (before.cooling === now.cooling && ms > 0 && !Number.isNaN(m.exact[SINCE]!)) {
    return now.cooling === 1 ? settled(m, span) : NOTHING;
  }
  const lasted = now.at - m.exact[SINCE]!;
  const whole = ms > 0 && m.rough[WHOLE] === 1;
  const turned = ms > 0 && before.cooling !== now.cooling;
  noteTurn(m, now.at, turned);
  if (!turned) return NOTHING;
  if (now.cooling === 0) {
    if (whole && lasted <= Math.max(PEAK_MS, ms)) countPeak(m, now.at);
    return NOTHING;
  }
  const calm = lasted >= RESTED_MS && now.at - m.exact[DEFROSTED_AT]! > 60 * MINUTE;
  const rested = calm || (lasted >= RESTED_MS && Number.isNaN(m.exact[DEFROSTED_AT]!));
  const restGap =
    rested && areSaid(m, AIR, EVAPORATOR) && !doorMovedWithin(m, now.at, 15 * MINUTE)
      ? before.air - before.evaporator
      : Number.NaN;
  return { ...NOTHING, restGap };
}

/** Warm and at rest: since when. `warm`: the air is further above its set point than a healthy thermostat lets it come. */
export function followWarmRest(m: Memory, { ms, before, now }: Span, warm: boolean): void {
  const since = m.exact[WARM_REST_SINCE]!;
  // A start that fails draws for seconds, which a meter of means shows as one moment of running.
  const runs = now.cooling === 1 && (before.cooling === 1 || Number.isNaN(since));
  const still = warm && !runs && !Number.isNaN(now.cooling) && ms > 0;
  if (!still) m.exact[WARM_REST_SINCE] = Number.NaN;
  // An open door and a defrost make it warm; they do not make it rest.
  else if (Number.isNaN(since) && now.door !== 1 && now.defrost !== 1) m.exact[WARM_REST_SINCE] = now.at;
}

export const warmRestMs = (m: Memory, at: number): number => {
  const since = m.exact[WARM_REST_SINCE]!;
  return Number.isNaN(since) ? 0 : at - since;
};
/** Of the run or rest that goes on; at least, when its beginning was not seen. */
export const turnMs = (m: Memory, at: number): number => at - m.exact[SINCE]!;
export const peaksAt = (m: Memory, at: number): number =>
  fadingCount(m.rough[PEAKS]!, at - m.exact[PEAKS_AT]!, PEAKS_TAU_MS);
export const fanStoodMs = (m: Memory): number =>
  Number.isNaN(m.exact[FAN_STOOD_SINCE]!) ? 0 : m.exact[FAN_STOOD_TO]! - m.exact[FAN_STOOD_SINCE]!;
const LATELY_MS = 4 * HOUR;
/** W while running, at full speed, of late; NaN when it has not run in hours. */
export const powerNow = (m: Memory, at: number): number =>
  at - m.exact[NOW_AT]! <= LATELY_MS ? m.rough[POWER_NOW]! : Number.NaN;
/** K from air to evaporator while running, at full speed, of late. */
export const gapNow = (m: Memory, at: number): number =>
  at - m.exact[NOW_AT]! <= LATELY_MS ? m.rough[GAP_NOW]! : Number.NaN;
export const minutesSinceDefrost = (m: Memory, at: number): number => (at - m.exact[DEFROSTED_AT]!) / MINUTE;
