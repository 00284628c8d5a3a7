// One move of somebody, or of time: what it does to the product, and what the model says must come of it.
import type { Model } from './model.ts';
import type { System } from './system.ts';

/** What fast-check drew for this move, spent from left to right. */
export class Choices {
  readonly #drawn: readonly number[];
  #next = 0;

  constructor(drawn: readonly number[]) {
    this.#drawn = drawn;
  }

  /** 0 to `count` - 1. */
  below(count: number): number {
    const drawn = this.#drawn[this.#next++ % this.#drawn.length]!;
    return drawn % count;
  }

  /** Of an empty list nothing. */
  from<T>(list: readonly T[]): T | undefined {
    return list[this.below(Math.max(1, list.length))];
  }

  /** Once in so many times. */
  seldom(times: number): boolean {
    return this.below(times) === times - 1;
  }
}

export type Move = {
  says: string;
  /** The outcome by the model: `done`, or the code of the refusal. */
  expects: string;
  act(system: System): Promise<string>;
  /** What follows in the model. What `act` had to say may be lost: then the product is asked. */
  follows?(system: System): Promise<void> | void;
  /** The outcome when it is done once more, by somebody who got no answer. */
  again?: string;
  /** Many transactions: killed in between it has done some of them, and does the rest when it comes again. */
  sweeps?: true;
  /** Two at once: not killed. */
  races?: true;
};

/** Null: not possible now. */
export type Mover = (model: Model, choices: Choices) => Move | null;
