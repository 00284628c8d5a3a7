// The fleet that judges: one appliance's life as the messages that reach the platform, in the order of their arrival; and
// what was true meanwhile, which no appliance knows.

import type { Link } from '../behaviour.ts';
import type { Opening } from '../habits.ts';
import { type Inputs, NOMINAL_VOLTS } from '../refrigerator.ts';
import { type Episode, openScenario, type Scenario, type Truth } from '../scenario.ts';
import { DAY, HOUR, MINUTE, SECOND } from '../time.ts';
import { advanceBoard } from './board.ts';
import { advanceHeat, type Body, newBody, putIn, warmThrough } from './body.ts';
import { type Chance, openChance } from './chance.ts';
import { calm } from './fit.ts';
import { dayOf, type Home, homeDayStart, inRoomRange, type Load, openRoom } from './home.ts';
import { openPost, type Post, type Telling, type Told } from './post.ts';
import { changesOf, ON_CHANGE_AT_LEAST_SECONDS, openSensing, type Sensing, type Values } from './telemetry.ts';
import type { Unit } from './unit.ts';

/** One appliance of the fleet. `from` is its first reading, epoch ms; episodes are relative to it. */
export type LifeOptions = {
  id: string;
  seed: number;
  unit: Unit;
  home: Home;
  telling: Telling;
  /** Names of the signals it sends. */
  signals: readonly string[];
  episodes: readonly Episode[];
  from: number;
  days: number;
};

/** Food was in danger: its true temperature passed 8 °C at `from`, epoch ms, and fell below 7.5 °C at `until`. */
export type Danger = { from: number; until: number | null; highest: number };

/** Learns what was true while a life is told. */
export type Witness = {
  dangers: Danger[];
  /** Every simulated minute, epoch ms at its end. What it is given changes afterwards. */
  minute?(at: number, body: Readonly<Body>, inputs: Readonly<Inputs>): void;
};

export const DANGER_CELSIUS = 8;
const DANGER_OVER_CELSIUS = 7.5;
const WARM_UP = 2 * DAY;
const STEPS_SECONDS = 10;
const SET_POINT_LOWEST = 2;
const SET_POINT_HIGHEST = 6.5;
const JUMPS_A_MINUTE = 0.12;

export const scenarioOf = ({ episodes, from, seed }: LifeOptions): Scenario =>
  openScenario({ episodes, zero: from, seed });

function witnessDanger(witness: Witness, at: number, celsius: number): void {
  const last = witness.dangers.at(-1);
  if (!last || last.until !== null) {
    if (celsius > DANGER_CELSIUS) witness.dangers.push({ from: at, until: null, highest: celsius });
    return;
  }
  last.highest = Math.max(last.highest, celsius);
  if (celsius < DANGER_OVER_CELSIUS) last.until = at;
}

/** Loose contacts and trembling probes move from minute to minute. */
function shake(s: Body, x: Inputs, chance: Chance): void {
  if (x.sensorFault === 'noisy') s.jump = 2.5 * chance.normal();
  if (x.sensorFault !== 'jumping' || chance.share() > JUMPS_A_MINUTE) return;
  s.jump = s.jump === 0 ? (chance.share() < 0.5 ? -1 : 1) * (5 + 15 * chance.share()) : 0;
}

/** What surrounds the unit; asked for each minute, with rising times. */
class Surroundings {
  readonly inputs: Inputs;
  readonly #life: LifeOptions;
  readonly #calm: Inputs;
  readonly #room: (at: number) => number;
  readonly #scenario: Scenario;
  readonly #volts: number;
  #dayEnd = Number.NEGATIVE_INFINITY;
  #openings: Opening[] = [];
  #loads: Load[] = [];
  #nextOpening = 0;

  constructor(life: LifeOptions, scenario: Scenario) {
    this.#life = life;
    this.#calm = calm(life.unit, life.home.ambient);
    this.inputs = { ...this.#calm };
    this.#room = openRoom(life.seed, life.home);
    this.#scenario = scenario;
    this.#volts = NOMINAL_VOLTS - 3 + (life.seed % 7);
  }

  minute(at: number, body: Body): void {
    if (at >= this.#dayEnd) this.#startDay(at);
    const x = Object.assign(this.inputs, this.#calm);
    x.ambient = this.#room(at);
    x.mainsVolts = this.#volts + 2.5 * Math.cos((at / DAY) * 2 * Math.PI);
    this.#scenario.change(x, at, MINUTE);
    x.ambient = inRoomRange(x.ambient);
    x.setPoint = Math.min(SET_POINT_HIGHEST, Math.max(SET_POINT_LOWEST, x.setPoint));
    if (x.warmFromShop) warmThrough(body, x.ambient);
    if (x.groceries) putIn(body, x.groceries.kilograms, x.groceries.temperature);
    for (const load of this.#loads) {
      if (load.at >= at && load.at < at + MINUTE) putIn(body, load.kilograms, load.temperature);
    }
  }

  /** Whether the household holds the door open. */
  doorAt(at: number): boolean {
    const openings = this.#openings;
    while (this.#nextOpening < openings.length && openings[this.#nextOpening]!.until <= at) this.#nextOpening += 1;
    return this.#nextOpening < openings.length && openings[this.#nextOpening]!.from <= at;
  }

  #startDay(at: number): void {
    const { seed, home } = this.#life;
    const dayStart = homeDayStart(home, at);
    const day = dayOf(seed, home, dayStart);
    this.#openings = this.#scenario.openings(dayStart, day.openings).sort((a, b) => a.from - b.from);
    this.#nextOpening = 0;
    // Nobody is at home who could shop.
    this.#loads = this.#openings.length === 0 ? [] : day.loads;
    this.#dayEnd = dayStart + DAY;
  }
}

/** The appliance's own program: what it reports, and when. */
class Reporter {
  readonly #unit: Unit;
  readonly #telling: Telling;
  readonly #post: Post;
  readonly #sense: Sensing;
  readonly #chance: Chance;
  readonly #doorIsTold: boolean;
  readonly #everyMs: number;
  #told: Values = {};
  #dueAt: number;
  #wholeAt = Number.NEGATIVE_INFINITY;

  constructor(life: LifeOptions, post: Post, chance: Chance) {
    this.#unit = life.unit;
    this.#telling = life.telling;
    this.#post = post;
    this.#sense = openSensing(life.signals);
    this.#chance = chance;
    this.#doorIsTold = life.signals.includes('door_open');
    this.#everyMs = life.telling.cadence === 'on-change' ? MINUTE : life.telling.cadence * SECOND;
    this.#dueAt = life.from;
  }

  /** The door is told of at once. */
  doorMoved(at: number, open: boolean, x: Inputs, link: Link): void {
    if (!this.#doorIsTold || !x.mainsOn) return;
    this.#told.door_open = open;
    this.#keep(at, { door_open: open }, x);
    this.#post.send(at, link);
  }

  minute(at: number, body: Body, x: Inputs): void {
    if (at < this.#dueAt) return;
    this.#dueAt = at + this.#everyMs;
    if (!x.mainsOn) return;
    const values = this.#sense(this.#unit, body, x, this.#chance);
    body.meterJoules = 0;
    body.meterSeconds = 0;
    if (this.#telling.cadence !== 'on-change') return this.#keep(at, values, x);
    if (at - this.#wholeAt >= ON_CHANGE_AT_LEAST_SECONDS * SECOND) {
      this.#wholeAt = at;
      this.#told = { ...values };
      return this.#keep(at, values, x);
    }
    const changed = changesOf(values, this.#told);
    if (changed) this.#keep(at, changed, x);
  }

  #keep(at: number, values: Values, x: Inputs): void {
    this.#post.keep(at + this.#telling.skewMs + x.clockErrorMs, values);
  }
}

function advanceMinute(
  life: LifeOptions,
  body: Body,
  around: Surroundings,
  reporter: Reporter | null,
  link: Link,
  at: number,
  stepSeconds: number,
): void {
  const { unit } = life;
  const x = around.inputs;
  const stepMs = stepSeconds * SECOND;
  for (let step = at; step < at + MINUTE; step += stepMs) {
    const open = x.doorOpen || around.doorAt(step);
    if (open !== body.doorOpen) {
      if (open) body.air += (unit.openingExchange * (x.ambient - body.air)) / unit.airCapacity;
      body.doorOpen = open;
      reporter?.doorMoved(step, open, x, link);
    }
    advanceBoard(unit, body, x, stepSeconds);
    advanceHeat(unit, body, x, stepSeconds);
  }
}

export type TellOptions = {
  witness?: Witness;
  /** Must divide a minute. */
  stepSeconds?: number;
};

/**
 * Messages in the order of their arrival; `receivedAt` is epoch ms by the platform's clock. The same life gives the same
 * messages. It has been lived for two days before its first reading.
 */
export function* tellLife(life: LifeOptions, options: TellOptions = {}): Generator<Told, void, void> {
  const { witness, stepSeconds = STEPS_SECONDS } = options;
  const scenario = scenarioOf(life);
  const chance = openChance(life.seed);
  const post = openPost(life.telling, openChance(life.seed ^ 0x5bd1e995));
  const reporter = new Reporter(life, post, chance);
  const around = new Surroundings(life, scenario);
  const body = newBody(life.unit);
  body.joules = (life.seed % 900) * 1e6;
  body.runSecondsSinceDefrost = chance.share() * life.unit.defrostEverySeconds;
  const until = life.from + life.days * DAY;
  let wasPowered = true;
  for (let at = life.from - WARM_UP; at < until; at += MINUTE) {
    const lived = at >= life.from;
    around.minute(at, body);
    const x = around.inputs;
    const link = scenario.linkAt(at);
    shake(body, x, chance);
    if (x.mainsOn && !wasPowered) post.reboot();
    wasPowered = x.mainsOn;
    advanceMinute(life, body, around, lived ? reporter : null, link, at, stepSeconds);
    if (!lived) continue;
    const now = at + MINUTE;
    reporter.minute(now, body, x);
    if (witness) {
      witnessDanger(witness, now, body.foodEquivalent);
      witness.minute?.(now, body, x);
    }
    post.send(now, link);
    for (let told = post.arrived(now); told; told = post.arrived(now)) yield told;
  }
  for (let told = post.arrived(until + DAY); told; told = post.arrived(until + DAY)) yield told;
}

export type JudgeTruth = Truth & {
  /** Epoch ms at which a fifth of a growing fault is there: for drift, where the clock of detection starts. */
  notableAt: number;
  /** `drift`: it grows over more than a day. */
  manner: 'sudden' | 'drift';
};

// Ice grows while the coil is below zero, which is about two thirds of the time.
const COLD_SHARE = 0.65;

function growthOf(life: LifeOptions, truth: Truth): number {
  if (truth.fault !== 'evaporator-frosted') return truth.growMs;
  return DAY / (life.unit.frostPerDay * truth.strength * COLD_SHARE);
}

/** What happens in a life: faults and what only looks like one, with onset, end (null: still there) and growth. */
export function truthOfLife(life: LifeOptions): JudgeTruth[] {
  return scenarioOf(life)
    .truth(life.id)
    .map((truth) => {
      const growMs = growthOf(life, truth);
      const manner = growMs > 24 * HOUR ? 'drift' : 'sudden';
      return { ...truth, growMs, notableAt: truth.onset + 0.2 * growMs, manner };
    });
}
