// Which readings were counted before? A stamp behind the newest one is fresh for sure; among the last few stamps of an
// appliance it is known what was said; anything older may be either, and is called late.
import type { Moment } from '#contracts';

/** An appliance that was cut off sends what was not acknowledged again: so many stamps of it are known one by one. */
export const STAMPS_KNOWN = 16;

/** What was told last, by the way it counts. */
export type Told = { fresh: number; repeated: number; late: number };

/** Signals that were said together, the same object for the same signals: most moments say what the one before said. */
type Shape = { key: string; signals: ReadonlySet<string>; order: readonly string[] };

export class Shapes {
  readonly #known = new Map<string, Shape>();

  /** `like` is tried first. */
  of(readings: Moment['readings'], like: Shape | null): Shape {
    if (like && isLike(readings, like)) return like;
    const order = readings.map(({ signal }) => signal);
    return this.#ofNames(order);
  }

  together(one: Shape, other: Shape): Shape {
    return one === other ? one : this.#ofNames([...new Set([...one.order, ...other.order])]);
  }

  #ofNames(order: readonly string[]): Shape {
    const key = JSON.stringify(order);
    let shape = this.#known.get(key);
    if (!shape) {
      // Broken appliances may say something else each time; what they said before is then forgotten, and late at worst.
      if (this.#known.size >= 10_000) this.#known.clear();
      shape = { key, signals: new Set(order), order };
      this.#known.set(key, shape);
    }
    return shape;
  }
}

function isLike(readings: Moment['readings'], { order }: Shape): boolean {
  if (readings.length !== order.length) return false;
  for (let index = 0; index < order.length; index++) if (readings[index]!.signal !== order[index]) return false;
  return true;
}

/** Of one appliance. */
export class Stamps {
  readonly #shapes: Shapes;
  /** Nothing behind it was ever counted. */
  #newest: number;
  readonly #stamps: number[] = [];
  readonly #said: Shape[] = [];
  /** Whether everything that was ever said with this stamp is in `#said`. */
  readonly #whole: boolean[] = [];
  #next = 0;
  #like: Shape | null = null;

  constructor(shapes: Shapes, newest: number) {
    this.#shapes = shapes;
    this.#newest = newest;
  }

  /** Adds to `told`. */
  tell({ at, readings }: Pick<Moment, 'at' | 'readings'>, told: Told): void {
    const shape = this.#shapes.of(readings, this.#like);
    this.#like = shape;
    if (at <= this.#newest) return this.#tellOld(at, shape, told);
    this.#newest = at;
    this.#remember(at, shape, true);
    told.fresh += readings.length;
  }

  #tellOld(at: number, shape: Shape, told: Told): void {
    const count = shape.order.length;
    const index = this.#stamps.indexOf(at);
    if (index < 0) {
      this.#remember(at, shape, false);
      told.late += count;
      return;
    }
    const said = this.#said[index]!;
    const repeated = said === shape ? count : shape.order.filter((signal) => said.signals.has(signal)).length;
    this.#said[index] = this.#shapes.together(said, shape);
    told.repeated += repeated;
    if (this.#whole[index]) told.fresh += count - repeated;
    else told.late += count - repeated;
  }

  #remember(at: number, shape: Shape, whole: boolean): void {
    this.#stamps[this.#next] = at;
    this.#said[this.#next] = shape;
    this.#whole[this.#next] = whole;
    this.#next = (this.#next + 1) % STAMPS_KNOWN;
  }
}
