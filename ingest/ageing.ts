// Lets readings grow old: while nothing waits in the log, piece by piece, with rests between.
import { setTimeout as pause } from 'node:timers/promises';
import { type Clock, HOUR, type Logger, MINUTE, messageOf, PlatformError, type Stage } from '#runtime';
import { horizonsAt, type KeepRules } from './ageing-rule.ts';
import type { ReadingsStore } from './ports.ts';

export type AgeingDeps = {
  store: Pick<ReadingsStore, 'age'>;
  rules: KeepRules;
  clock: Clock;
  logger: Logger;
  /** Nothing waits to be stored. */
  quiet: () => Promise<boolean>;
};

const EVERY_MS = 5 * MINUTE;
/** A platform that is never quiet must not keep everything for ever. */
const WAITS_AT_MOST_MS = 6 * HOUR;
/** In real time: readings are stored meanwhile. */
const LEAST_REST_MS = 20;

export class Ageing implements Stage {
  readonly name = 'ageing';
  readonly #deps: AgeingDeps;
  readonly #stopTimer: () => void;
  readonly #stop = new AbortController();
  #running: Promise<void> | null = null;
  #finishedAt: number;
  #problem: string | null = null;

  constructor(deps: AgeingDeps) {
    this.#deps = deps;
    this.#finishedAt = deps.clock.now();
    this.#stopTimer = deps.clock.every(EVERY_MS, () => void this.run());
  }

  /** Why nothing ages; null while it does. */
  get problem(): string | null {
    return this.#problem;
  }

  /** Does what is due; a call while it runs joins it. Never throws: what failed is told and tried again later. */
  run(): Promise<void> {
    this.#running ??= this.#work().finally(() => {
      this.#running = null;
    });
    return this.#running;
  }

  async [Symbol.asyncDispose](): Promise<void> {
    this.#stopTimer();
    this.#stop.abort();
    await this.#running;
  }

  async #work(): Promise<void> {
    let pieces = 0;
    try {
      while (!this.#stop.signal.aborted && (await this.#mayGoOn())) {
        const began = performance.now();
        if (!(await this.#deps.store.age(horizonsAt(this.#deps.clock.now(), this.#deps.rules)))) {
          this.#finishedAt = this.#deps.clock.now();
          break;
        }
        pieces++;
        await this.#rest(performance.now() - began);
      }
      this.#problem = null;
      if (pieces > 0) this.#deps.logger.info({ pieces }, 'old readings were rolled up or forgotten');
    } catch (error) {
      this.#tell(error);
    }
  }

  async #mayGoOn(): Promise<boolean> {
    if (await this.#deps.quiet()) return true;
    return this.#deps.clock.now() - this.#finishedAt > WAITS_AT_MOST_MS;
  }

  /** Half of the time belongs to others. */
  #rest(tookMs: number): Promise<void> {
    return pause(Math.max(LEAST_REST_MS, tookMs), undefined, { signal: this.#stop.signal, ref: false }).catch(() => {});
  }

  #tell(error: unknown): void {
    const problem = messageOf(error);
    const hint = error instanceof PlatformError ? error.hint : undefined;
    if (problem !== this.#problem)
      this.#deps.logger.warn({ error: problem, hint }, 'old readings wait to be rolled up');
    this.#problem = problem;
  }
}
