// Runs backtests, one after the other, appliance by appliance: what is done is committed, so a stop, a crash or another
// process goes on behind the last one, and ends with the same.
import { setTimeout as pause } from 'node:timers/promises';
import type { ApplianceKind } from '#contracts';
import { type Clock, type Logger, messageOf, oneAtATime, PlatformError, SECOND, type Sql } from '#runtime';
import { parseRule } from '../catalogue.ts';
import type { History } from '../second-looks.ts';
import type { NeutralCode } from '../signals.ts';
import {
  type Claimed,
  claimBacktest,
  endBacktest,
  keepAppliance,
  keepClaim,
  leaveClaim,
  nextAppliance,
} from './claim.ts';
import type { Heard } from './history.ts';
import { judgeAppliance, type Trial } from './judge-appliance.ts';

export type BacktestsDeps = {
  sql: Sql;
  clock: Clock;
  logger: Logger;
  /** Names this process among those that may run them; the same at each start where there is only one. */
  owner: string;
  history: History;
  heard: Heard;
  neutralCode?: NeutralCode | undefined;
  /** Of a model; null for one that is not known. */
  kindOf: (model: string) => ApplianceKind | null;
};

export type Backtests = AsyncDisposable & {
  /** Runs all that wait; returns how many ended. A call waits for the one before. */
  sweep(): Promise<number>;
};

const ASK_EVERY_MS = 1 * SECOND;
const TRY_AGAIN_MS = 1 * SECOND;

const stopped = (): PlatformError => new PlatformError('stopping', 'retry', 'The platform stops.');

class Runner implements Backtests {
  readonly #deps: BacktestsDeps;
  readonly #turn = oneAtATime();
  readonly #stop = new AbortController();
  /** A sweep that has not begun: who asks meanwhile shares it. */
  #waiting: Promise<number> | null = null;

  constructor(deps: BacktestsDeps) {
    this.#deps = deps;
  }

  sweep(): Promise<number> {
    this.#waiting ??= this.#turn(async () => {
      this.#waiting = null;
      let ended = 0;
      while (!this.#stop.signal.aborted) {
        const claimed = await claimBacktest(this.#deps.sql, this.#deps.owner, this.#deps.clock.now());
        if (!claimed) break;
        if (await this.#run(claimed)) ended++;
      }
      return ended;
    });
    return this.#waiting;
  }

  /** Ends at the next piece of history. */
  async [Symbol.asyncDispose](): Promise<void> {
    this.#stop.abort();
    await this.#turn(async () => {});
  }

  /** True when it came to an end of its own. */
  async #run(claimed: Claimed): Promise<boolean> {
    const { sql, clock, logger } = this.#deps;
    const { id: backtest } = claimed;
    logger.info({ backtest, done: claimed.done, of: claimed.appliances }, 'a backtest goes on');
    let error: string | null = null;
    try {
      await this.#everyAppliance(claimed);
    } catch (cause) {
      if (isOver(cause)) {
        await leaveClaim(sql, claimed).catch(() => {});
        return false;
      }
      error = messageOf(cause);
      logger.error({ backtest, error }, 'a backtest failed');
    }
    try {
      await endBacktest(sql, claimed, { error, now: clock.now() });
      return true;
    } catch (cause) {
      if (isOver(cause)) return false;
      throw cause;
    }
  }

  async #everyAppliance(claimed: Claimed): Promise<void> {
    const { sql, kindOf } = this.#deps;
    const trial = trialOf(claimed);
    const patiently = this.#patience(claimed);
    for (;;) {
      const appliance = await patiently(() => nextAppliance(sql, claimed));
      if (!appliance) return;
      const kind = kindOf(appliance.model);
      const judged =
        kind === null
          ? { days: 0, pairs: [] }
          : await judgeAppliance({ ...this.#deps, patiently }, trial, { ...appliance, kind });
      await patiently(() => keepAppliance(sql, claimed, appliance, judged));
    }
  }

  /** Every read and write goes through here: a store that is away is waited for, an end is noticed, and others get a turn. */
  #patience(claimed: Claimed): <T>(work: () => Promise<T>) => Promise<T> {
    const { sql, logger } = this.#deps;
    let askedAt = performance.now();
    let waitsForReadings = false;
    const hold = async (): Promise<void> => {
      await keepClaim(sql, claimed, { waitsForReadings });
      askedAt = performance.now();
    };
    return async (work) => {
      for (;;) {
        try {
          if (this.#stop.signal.aborted) throw stopped();
          if (performance.now() - askedAt >= ASK_EVERY_MS) await hold();
          const done = await work();
          if (waitsForReadings) {
            waitsForReadings = false;
            await hold();
          }
          return done;
        } catch (error) {
          if (isOver(error)) throw error;
          logger.warn({ backtest: claimed.id, error: messageOf(error) }, 'a backtest waits for what it reads');
          waitsForReadings = true;
          await hold().catch(passOver);
          await pause(TRY_AGAIN_MS, undefined, { signal: this.#stop.signal }).catch(() => {});
        }
      }
    };
  }
}

const isOver = (error: unknown): boolean =>
  error instanceof PlatformError && (error.code === 'backtest-lost' || error.code === 'stopping');

/** A database that is away too is waited for like the rest. */
function passOver(error: unknown): void {
  if (isOver(error)) throw error;
}

function trialOf({ rule, text, againstRule, againstText, from, to, warmUpDays }: Claimed): Trial {
  const b = againstText === null ? null : parseRule(againstText, `${againstRule}.yaml`);
  return { a: parseRule(text, `${rule}.yaml`), b, from, to, warmUpDays };
}

/** Begins nothing by itself. */
export const openBacktests = (deps: BacktestsDeps): Backtests => new Runner(deps);
