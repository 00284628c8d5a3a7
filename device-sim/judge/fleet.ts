// The fleet that judges diagnosis. It was fixed before the rules that it judges were tuned, and shares no number with them:
// a rule that knows a constant of this simulator has learnt the simulator and no refrigerator.
//
// Where its ranges come from: units and structures in unit.ts, homes in home.ts, networks in post.ts, faults in courses.ts.
// Every appliance is healthy for its first 10 to 40 days; a tenth of those with a fault get a second one; and all of them
// meet what only looks like a fault.
import type { Model } from '#contracts';
import { FAULT_CODES, type FaultCode } from '../behaviour.ts';
import { FAULTS, type FaultName } from '../faults.ts';
import { LOOK_ALIKES, type LookAlikeName } from '../look-alikes.ts';
import { type Random, randomOf } from '../random.ts';
import { type Episode, FAULT_NAMES } from '../scenario.ts';
import { DAY, HOUR, MINUTE } from '../time.ts';
import { COURSES, HABITS, type Range } from './courses.ts';
import { drawUnit } from './fit.ts';
import { drawHome, type Home } from './home.ts';
import type { LifeOptions } from './member.ts';
import { drawTelling, type Telling } from './post.ts';
import { modelOf, signalsOf } from './telemetry.ts';
import { drawStructure, type Structure } from './unit.ts';

const ANY_DAY = (Object.keys(LOOK_ALIKES) as LookAlikeName[]).filter((name) => name !== 'first-cool-down');
const NEW_SHARE = 0.1;
const RUN_IN_DAYS: Range = [10, 40];
const REPAIRED_AFTER_DAYS: Range = [5, 40];

export type JudgeFleetOptions = {
  seed: number;
  count: number;
  /** Length of each life. */
  days: number;
  /** `each`: every code of fault equally often, its varieties in turn. */
  faults: 'each' | 'none' | readonly (FaultName | FaultCode)[];
  secondFaultShare?: number;
  lookAlikesPerMonth?: number;
  /** Share of lasting faults that are repaired, so that the unit recovers. */
  repairedShare?: number;
  /** Fixes what is drawn otherwise. */
  telling?: Partial<Telling>;
  structure?: Partial<Structure>;
  home?: Partial<Home>;
};

export type JudgeMember = LifeOptions & {
  index: number;
  model: Model;
  /** The first fault, whose turn it was; null: healthy. */
  fault: FaultName | null;
  /** It appeared on a unit that had one already. */
  secondFault: FaultName | null;
};

const NAMES_BY_CODE = new Map<FaultCode, FaultName[]>(
  FAULT_CODES.map((code) => [code, FAULT_NAMES.filter((name) => FAULTS[name].code === code)]),
);

const isCode = (name: FaultName | FaultCode): name is FaultCode => FAULT_CODES.includes(name as FaultCode);

/** Whose turn it is: codes one after the other, and within a code its varieties. */
function faultOf({ faults }: JudgeFleetOptions, index: number): FaultName | null {
  if (faults === 'none') return null;
  const turns = faults === 'each' ? FAULT_CODES : faults;
  const turn = turns[index % turns.length]!;
  if (!isCode(turn)) return turn;
  const varieties = NAMES_BY_CODE.get(turn)!;
  return varieties[Math.floor(index / turns.length) % varieties.length]!;
}

const inRange = (random: Random, [low, high]: Range): number => random.between(low, high);

function episodeOf(random: Random, what: FaultName, onsetDays: number, options: JudgeFleetOptions): Episode {
  const { strength = [1, 1], growDays = [[0, 0]], lastsHours } = COURSES[what];
  const growMs = Math.round(inRange(random, random.pick(growDays)) * DAY);
  const fromMs = Math.round((onsetDays * DAY) / MINUTE) * MINUTE;
  const episode: Episode = { what, fromMs, growMs, strength: inRange(random, strength) };
  if (lastsHours) return { ...episode, untilMs: fromMs + Math.round(inRange(random, lastsHours) * HOUR) };
  const repaired = random.share() < (options.repairedShare ?? 0.3);
  const untilMs = fromMs + growMs + Math.round(inRange(random, REPAIRED_AFTER_DAYS) * DAY);
  return { ...episode, untilMs: repaired ? untilMs : (options.days + 1) * DAY };
}

function drawSecond(
  random: Random,
  first: FaultName,
  structure: Structure,
  options: JudgeFleetOptions,
): FaultName | null {
  if (random.share() >= (options.secondFaultShare ?? 0.1)) return null;
  for (;;) {
    const name = random.pick(FAULT_NAMES);
    if (FAULTS[name].code !== FAULTS[first].code && suits(name, structure)) return name;
  }
}

const suits = (name: FaultName | null, structure: Structure): boolean =>
  name === null || (COURSES[name].needs?.(structure) ?? true);

function structureFor(random: Random, name: FaultName | null, fixed: Partial<Structure>): Structure {
  for (let tries = 0; ; tries++) {
    const structure = { ...drawStructure(random), ...fixed };
    if (suits(name, structure)) return structure;
    if (tries > 1_000) throw new Error(`no unit of the structure that was asked for can have the fault "${name}"`);
  }
}

function lookAlikes(random: Random, { lookAlikesPerMonth = 1.5, days }: JudgeFleetOptions): Episode[] {
  const at = (what: LookAlikeName, fromMs: number): Episode => {
    const { strength, lastsHours } = HABITS[what];
    const lastsMs = Math.round(inRange(random, lastsHours) * 60) * MINUTE;
    return { what, fromMs, untilMs: fromMs + lastsMs, strength: inRange(random, strength) };
  };
  const fresh = random.share() < NEW_SHARE && lookAlikesPerMonth > 0 ? [at('first-cool-down', 0)] : [];
  const count = random.poisson((lookAlikesPerMonth * days) / 30);
  const others = Array.from({ length: count }, () =>
    at(random.pick(ANY_DAY), Math.floor((random.between(0.5, days) * DAY) / MINUTE) * MINUTE),
  );
  return [...fresh, ...others];
}

function idOf(random: Random): string {
  const hex = Array.from({ length: 32 }, () => Math.floor(random.share() * 16).toString(16)).join('');
  return `${hex.slice(0, 8)}-${hex.slice(8, 12)}-4${hex.slice(13, 16)}-8${hex.slice(17, 20)}-${hex.slice(20)}`;
}

const YEAR_OF_THE_FLEET = Date.UTC(2025, 0, 1);

function drawMember(options: JudgeFleetOptions, index: number): JudgeMember {
  const random = randomOf(options.seed, 'judged', index);
  const seed = Math.floor(random.share() * 2 ** 31);
  const fault = faultOf(options, index);
  const structure = structureFor(random, fault, options.structure ?? {});
  const unit = drawUnit(random, structure);
  const telling = drawTelling(random, options.telling);
  const signals = signalsOf(unit, telling.profile);
  const onset = Math.min(inRange(random, RUN_IN_DAYS), options.days * 0.6);
  const secondFault = fault === null ? null : drawSecond(random, fault, structure, options);
  const secondOnset = onset + random.share() * (options.days - onset) * 0.8;
  return {
    index,
    id: idOf(random),
    seed,
    unit,
    home: { ...drawHome(random), ...options.home },
    telling,
    signals,
    model: modelOf(signals, telling.cadence),
    fault,
    secondFault,
    episodes: [
      ...(fault ? [episodeOf(random, fault, onset, options)] : []),
      ...(secondFault ? [episodeOf(random, secondFault, secondOnset, options)] : []),
      ...lookAlikes(random, options),
    ],
    from: YEAR_OF_THE_FLEET + Math.floor(random.share() * 365) * DAY,
    days: options.days,
  };
}

/** `count` members; member n of a seed is the same in every fleet with the same options. */
export function drawJudgeFleet(options: JudgeFleetOptions): JudgeMember[] {
  return Array.from({ length: options.count }, (_, index) => drawMember(options, index));
}
