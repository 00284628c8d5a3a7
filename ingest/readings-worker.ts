// Log -> readings store. Takes a batch, decodes it, quarantines what cannot be read, stores the rest, goes on.
import type { Moment } from '#contracts';
import {
  type Clock,
  type Downlink,
  type EndSpan,
  type Lease,
  type LogBatch,
  LogFollower,
  type Logger,
  type LogReader,
  messageOf,
  PlatformError,
  SECOND,
  type Sql,
  type Stage,
  type Tracer,
} from '#runtime';
import { type TakeAnswers, takeAnswers } from './command-answers.ts';
import type { Decode } from './decode.ts';
import { type Judge, type Judged, makeJudge, quarantinedOf } from './judge.ts';
import { LatestValues } from './latest.ts';
import { LedgerCounts } from './ledger/counts.ts';
import type { ReadingsStore, SealPayloads } from './ports.ts';
import { keepRefused, quarantine } from './quarantine.ts';
import { settleReplays } from './replay.ts';

export type ReadingsWorkerDeps = {
  /** Of the partition that is worked on, and read by `log`. */
  lease: Lease;
  log: LogReader;
  store: ReadingsStore;
  sql: Sql;
  decode: Decode;
  seal: SealPayloads;
  downlink: Downlink;
  /** Without it answers to commands are passed over. */
  answered?: TakeAnswers;
  clock: Clock;
  logger: Logger;
  tracer?: Tracer | undefined;
  /** By how much the clocks of those who share the log may differ. */
  clocksDifferMs?: number;
  /** Told after each batch. */
  taken?: () => void;
};

export type ReadingsWorker = Stage & {
  /** Everything before this log position is stored. */
  position(): number;
  /** Everything that is in the log now was taken. */
  caughtUp(): Promise<boolean>;
  /** How old the oldest record is that was not stored yet, ms; 0 when there is none. */
  lagMs(): Promise<number>;
  /** Writes all latest values, and what the ledger counted, now. */
  flush(): Promise<void>;
  /** The store will never take this moment of a message that it is being given now: keeps that message, with the reason. */
  keepRefused(moment: Moment, reason: string): Promise<void>;
  /** Why readings wait in the log; null while they do not. */
  waiting(): string | null;
  /** Messages set aside since the start, in whole or in part. */
  quarantined(): number;
};

const BATCH_BYTES = 1024 * 1024;
/** A batch costs the store a transaction, however small it is. */
const REST_MS = 50;
const FIRST_RETRY_MS = 200;
const LONGEST_RETRY_MS = 10 * SECOND;
const LATEST_EVERY_MS = 2 * SECOND;

/** Going on would take everything new for what was stored long ago, and drop it. */
const logBehindStore = (end: number, checkpoint: number): PlatformError =>
  new PlatformError(
    'log-behind-store',
    'fatal',
    `The log ends at ${end}, but the readings were stored up to ${checkpoint} of it.`,
    {
      hint: 'The log folder was replaced, emptied or restored from an older copy than the readings. Put back the one that belongs to them, or begin anew with an empty data folder.',
    },
  );

class Worker implements ReadingsWorker {
  readonly name = 'readings';
  readonly #deps: ReadingsWorkerDeps;
  readonly #latest: LatestValues;
  readonly #judge: Judge;
  #ledger!: LedgerCounts;
  #batch: LogBatch | null = null;
  #follower!: LogFollower;
  /** Where the store stood at the start. */
  #stored = 0;
  #stopTimer: (() => void) | undefined;
  #waiting: string | null = null;
  #quarantined = 0;

  constructor(deps: ReadingsWorkerDeps) {
    this.#deps = deps;
    this.#latest = new LatestValues({ ...deps, alsoKeptFrom: () => this.#ledger.writtenTo });
    this.#judge = makeJudge({ ...deps, now: () => deps.clock.now() });
  }

  async start(): Promise<void> {
    const { log, store, lease, logger, clock, taken, clocksDifferMs = 0 } = this.#deps;
    this.#stored = await store.checkpoint(lease.partition);
    const end = await log.end();
    if (end < this.#stored) throw logBehindStore(end, this.#stored);
    this.#ledger = await LedgerCounts.open(
      { ...this.#deps, clocksDifferMs, alsoKeptFrom: () => this.#latest.writtenTo },
      { from: this.#stored, end, now: clock.now() },
    );
    const from = Math.min(this.#stored, lease.keptFrom, this.#ledger.writtenTo);
    this.#latest.goOnFrom(from);
    this.#follower = new LogFollower({
      log,
      from,
      batchBytes: BATCH_BYTES,
      restMs: REST_MS,
      logger,
      take: (batch) => this.#take(batch),
      ...(taken ? { taken } : {}),
    });
    this.#stopTimer = this.#deps.clock.every(LATEST_EVERY_MS, () => {
      Promise.all([this.#latest.write(), this.#writeLedger()]).catch((error: unknown) =>
        logger.warn({ error: messageOf(error) }, 'latest values or counts were not written'),
      );
    });
  }

  position(): number {
    return this.#follower.position;
  }

  caughtUp(): Promise<boolean> {
    return this.#follower.caughtUp();
  }

  lagMs(): Promise<number> {
    return this.#follower.lagMs(this.#deps.clock.now());
  }

  waiting(): string | null {
    return this.#waiting;
  }

  quarantined(): number {
    return this.#quarantined;
  }

  async flush(): Promise<void> {
    await this.#latest.write(true);
    await this.#ledger.write(this.#deps.clock.now(), () => this.#deps.log.end());
  }

  async keepRefused(moment: Moment, reason: string): Promise<void> {
    const { records, positions } = this.#batch!;
    const record = records[positions.indexOf(moment.position)]!;
    const message = quarantinedOf(record, moment.position, reason);
    await keepRefused(this.#deps.sql, { message, moment }, this.#deps.seal);
  }

  #writeLedger(): Promise<void> {
    return this.#ledger.writeWhenDue(this.#deps.clock.now(), () => this.#deps.log.end());
  }

  async [Symbol.asyncDispose](): Promise<void> {
    this.#stopTimer?.();
    await this.#follower.stop();
    if (!this.#deps.lease.over) await this.flush().catch(() => {});
  }

  async #take(batch: LogBatch): Promise<boolean> {
    const spans = this.#beginSpans(batch);
    const judged = this.#judge(batch, this.#stored);
    this.#batch = batch;
    if (!(await this.#insist(() => this.#takeAnswers(judged, batch)))) return false;
    if (!(await this.#insist(() => this.#setAside(judged)))) return false;
    if (!(await this.#insist(() => this.#deps.store.write(judged.moments, batch.next, this.#deps.lease.partition))))
      return false;
    this.#batch = null;
    for (const stored of spans) stored({ batch: batch.records.length });
    await this.#ledger.hear(judged.outcomes, batch.next);
    await this.#latest.hear({ batch, messages: judged.messages });
    for (const { appliance, notice } of judged.notices) this.#deps.downlink.notify(appliance, notice);
    this.#quarantined += judged.quarantined.length;
    await this.#writeLedger();
    return true;
  }

  async #takeAnswers(judged: Judged, batch: LogBatch): Promise<void> {
    const { answered, clock } = this.#deps;
    if (!answered) return;
    const refused = await takeAnswers(answered, batch, { now: clock.now(), toldBefore: this.#stored });
    judged.quarantined.push(...refused.quarantined);
    judged.notices.push(...refused.notices);
  }

  /** Before the store: until then the log has all of it, and gives it again. */
  async #setAside({ quarantined, replays }: Judged): Promise<void> {
    await quarantine(this.#deps.sql, quarantined, this.#deps.seal);
    await settleReplays(this.#deps.sql, replays);
  }

  /** Of the messages that are followed; what was stored before the start was told of then. */
  #beginSpans({ records, positions }: LogBatch): EndSpan[] {
    const { tracer } = this.#deps;
    if (!tracer) return [];
    return records.flatMap(({ kind, appliance, at }, index) => {
      const fresh = kind === 'message' && positions[index]! >= this.#stored;
      return (fresh && tracer.begin({ step: 'store', heard: { appliance, heardAt: at } })) || [];
    });
  }

  #goesOn(): boolean {
    return !this.#follower.stopping && !this.#deps.lease.over;
  }

  /** Until it succeeds, or the platform stops or the partition is another's (false): an engine that is away costs time, never readings. */
  async #insist(work: () => Promise<void>): Promise<boolean> {
    for (let delayMs = FIRST_RETRY_MS; this.#goesOn(); delayMs = Math.min(LONGEST_RETRY_MS, delayMs * 2)) {
      try {
        await work();
        this.#waiting = null;
        return true;
      } catch (error) {
        const hint = error instanceof PlatformError ? error.hint : undefined;
        this.#waiting = messageOf(error);
        this.#deps.logger.warn(
          { error: messageOf(error), hint, delayMs },
          'readings are waiting in the log; trying again',
        );
        await this.#follower.pause(delayMs);
      }
    }
    return false;
  }
}

/** Starts where the store's checkpoint stands, or before it when latest values were not written yet. Throws `log-behind-store` when the log is not the one it was read from. */
export async function startReadingsWorker(deps: ReadingsWorkerDeps): Promise<ReadingsWorker> {
  const worker = new Worker(deps);
  await worker.start();
  return worker;
}
