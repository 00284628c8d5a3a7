// The fleet that judges: what surrounds a unit from minute to minute: room, mains, hands at the door, and what happens to it.
import type { Opening } from '../habits.ts';
import { type Inputs, NOMINAL_VOLTS } from '../refrigerator.ts';
import type { Scenario } from '../scenario.ts';
import { DAY, MINUTE } from '../time.ts';
import { type Body, putIn, warmThrough } from './body.ts';
import { calm } from './fit.ts';
import { dayOf, homeDayStart, inRoomRange, type Load, openRoom } from './home.ts';
import type { LifeOptions } from './member.ts';

const SET_POINT_LOWEST = 2;
const SET_POINT_HIGHEST = 6.5;

/** What surrounds the unit; asked for each minute, with rising times. */
export class Surroundings {
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
