// The fleet that judges: the appliance's own program, which decides what is reported, and when.
import type { Link } from '../behaviour.ts';
import type { Inputs } from '../refrigerator.ts';
import { MINUTE, SECOND } from '../time.ts';
import type { Body } from './body.ts';
import type { Chance } from './chance.ts';
import type { LifeOptions } from './member.ts';
import type { Post, Telling } from './post.ts';
import { changesOf, ON_CHANGE_AT_LEAST_SECONDS, openSensing, type Sensing, type Values } from './telemetry.ts';
import type { Unit } from './unit.ts';

export class Reporter {
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
