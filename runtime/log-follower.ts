// Follows the log batch by batch. What a consumer does with a batch is its own; going on, waiting and trying again are the same for all.
import { setTimeout } from 'node:timers/promises';
import { messageOf } from './errors.ts';
import type { LogBatch, Logger, LogReader } from './ports.ts';
import { SECOND } from './time.ts';

const IDLE_WAIT_MS = 1 * SECOND;

export type LogFollowerOptions = {
  log: LogReader;
  /** Position to begin at. */
  from: number;
  batchBytes: number;
  /**
   * After a batch that was not full it rests so long, so that the next one gathers and its cost is shared by many records.
   * The first record after a silence is taken at once.
   */
  restMs: number;
  logger: Logger;
  /**
   * Takes a batch with all its effects; false when the platform stopped before it could, or the partition is another's
   * now. A batch whose taking throws is logged and given again.
   */
  take: (batch: LogBatch) => Promise<boolean>;
  /** Told after each batch that was taken, when `position` stands behind it. */
  taken?: () => void;
};

export class LogFollower {
  readonly #options: LogFollowerOptions;
  readonly #stopping = new AbortController();
  readonly #loop: Promise<void>;
  #position: number;
  /** When the first record of the newest batch was heard. */
  #headAt: number | null = null;

  constructor(options: LogFollowerOptions) {
    this.#options = options;
    this.#position = options.from;
    this.#loop = this.#run();
  }

  /** Everything before it was taken. */
  get position(): number {
    return this.#position;
  }

  get stopping(): boolean {
    return this.#stopping.signal.aborted;
  }

  /** Everything that is in the log now was taken. */
  async caughtUp(): Promise<boolean> {
    return this.#position >= (await this.#options.log.end());
  }

  /** How old the oldest record is that was not taken yet, ms; 0 when there is none. */
  async lagMs(now: number): Promise<number> {
    if (await this.caughtUp()) return 0;
    return Math.max(0, now - (this.#headAt ?? now));
  }

  /** Ends early, and quietly, when the follower is stopped. */
  async pause(ms: number): Promise<void> {
    await setTimeout(ms, undefined, { signal: this.#stopping.signal }).catch(() => {});
  }

  /** Resolves when the batch under way is taken or given up. */
  async stop(): Promise<void> {
    this.#stopping.abort();
    await this.#loop;
  }

  async #run(): Promise<void> {
    const { log, batchBytes, restMs, logger, taken } = this.#options;
    // The constructor returns first: `take` may use the follower.
    await Promise.resolve();
    while (!this.stopping) {
      try {
        const batch = await log.read(this.#position, batchBytes);
        if (batch.next === this.#position) await log.wait(this.#position, IDLE_WAIT_MS, this.#stopping.signal);
        else if (await this.#taken(batch)) {
          const full = batch.next - this.#position >= batchBytes / 2;
          this.#position = batch.next;
          taken?.();
          if (!full) await this.pause(restMs);
        } else await this.pause(SECOND);
      } catch (error) {
        logger.error({ error: messageOf(error) }, 'a consumer of the log met an error and tries again');
        await this.pause(SECOND);
      }
    }
  }

  #taken(batch: LogBatch): Promise<boolean> {
    this.#headAt = batch.records[0]?.at ?? this.#headAt;
    return this.#options.take(batch);
  }
}
