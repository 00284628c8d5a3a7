// Log -> readings store. Takes a batch, decodes it, quarantines what cannot be read, stores the rest, goes on.
import type { DecodedMessage, Id, LogRecord, Moment, Notice } from '#contracts';
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
import type { Decode, Decoded } from './decode.ts';
import { LatestValues } from './latest.ts';
import type { ReadingsStore, SealPayloads } from './ports.ts';
import { type Quarantined, quarantine } from './quarantine.ts';
import { unmappedCap } from './unmapped-cap.ts';

export type ReadingsWorkerDeps = {
  /** Of the partition that is worked on, and read by `log`. */
  lease: Lease;
  log: LogReader;
  store: ReadingsStore;
  sql: Sql;
  decode: Decode;
  seal: SealPayloads;
  downlink: Downlink;
  clock: Clock;
  logger: Logger;
  tracer?: Tracer | undefined;
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
  /** Writes all latest values now. */
  flush(): Promise<void>;
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

type Judged = {
  messages: DecodedMessage[];
  moments: Moment[];
  quarantined: Quarantined[];
  notices: { appliance: Id; notice: Notice }[];
};

class Worker implements ReadingsWorker {
  readonly name = 'readings';
  readonly #deps: ReadingsWorkerDeps;
  readonly #latest: LatestValues;
  readonly #cap = unmappedCap();
  #follower!: LogFollower;
  /** Where the store stood at the start. */
  #stored = 0;
  #stopTimer: (() => void) | undefined;
  #waiting: string | null = null;
  #quarantined = 0;

  constructor(deps: ReadingsWorkerDeps) {
    this.#deps = deps;
    this.#latest = new LatestValues(deps);
  }

  async start(): Promise<void> {
    const { log, store, lease, logger, taken } = this.#deps;
    this.#stored = await store.checkpoint();
    const end = await log.end();
    if (end < this.#stored) throw logBehindStore(end, this.#stored);
    this.#follower = new LogFollower({
      log,
      from: Math.min(this.#stored, lease.keptFrom),
      batchBytes: BATCH_BYTES,
      restMs: REST_MS,
      logger,
      take: (batch) => this.#take(batch),
      ...(taken ? { taken } : {}),
    });
    this.#stopTimer = this.#deps.clock.every(LATEST_EVERY_MS, () => {
      this.#latest
        .write()
        .catch((error: unknown) =>
          this.#deps.logger.warn({ error: messageOf(error) }, 'latest values were not written'),
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

  flush(): Promise<void> {
    return this.#latest.write(true);
  }

  async [Symbol.asyncDispose](): Promise<void> {
    this.#stopTimer?.();
    await this.#follower.stop();
    if (!this.#deps.lease.over) await this.flush().catch(() => {});
  }

  async #take(batch: LogBatch): Promise<boolean> {
    const spans = this.#beginSpans(batch);
    const judged = this.#judge(batch);
    if (!(await this.#insist(() => quarantine(this.#deps.sql, judged.quarantined, this.#deps.seal)))) return false;
    if (!(await this.#insist(() => this.#deps.store.write(judged.moments, batch.next)))) return false;
    for (const stored of spans) stored({ batch: batch.records.length });
    await this.#latest.hear({ batch, messages: judged.messages });
    for (const { appliance, notice } of judged.notices) this.#deps.downlink.notify(appliance, notice);
    this.#quarantined += judged.quarantined.length;
    return true;
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

  #judge(batch: LogBatch): Judged {
    const judged: Judged = { messages: [], moments: [], quarantined: [], notices: [] };
    for (const [index, record] of batch.records.entries()) {
      if (record.kind !== 'message') continue;
      const position = batch.positions[index]!;
      const decoded = this.#decode(record, position);
      if (!decoded.ok) {
        this.#reject(judged, record, position, 'rejected-message', decoded.reason, undefined);
        continue;
      }
      const { message } = decoded;
      this.#cap(message);
      judged.messages.push(message);
      for (const moment of message.moments) judged.moments.push(moment);
      if (message.rejected.length === 0) continue;
      const reasons = message.rejected
        .slice(0, 5)
        .map(({ signal, reason }) => `${signal === '*' ? 'reading' : signal}: ${reason}`);
      const more = message.rejected.length > 5 ? ` (and ${message.rejected.length - 5} more)` : '';
      this.#reject(
        judged,
        record,
        position,
        'rejected-readings',
        `${reasons.join('; ')}${more}`,
        message.seq ?? undefined,
      );
    }
    return judged;
  }

  /** One record that breaks the decoder must not hold up all that follow it. */
  #decode(record: LogRecord, position: number): Decoded {
    try {
      return this.#deps.decode(record, position);
    } catch (error) {
      this.#deps.logger.error({ position, error: messageOf(error) }, 'a message could not be decoded');
      return { ok: false, reason: 'A fault of the platform: this message could not be read. It is kept.' };
    }
  }

  #reject(
    judged: Judged,
    record: LogRecord,
    position: number,
    code: Notice['code'],
    reason: string,
    seq?: number,
  ): void {
    const { appliance, at, channel, body } = record;
    judged.quarantined.push({ position, appliance, receivedAt: at, channel, reason, payload: body });
    // Heard again for the latest values: it was told before.
    if (position < this.#stored) return;
    judged.notices.push({
      appliance,
      notice: { code, at: this.#deps.clock.now(), reason, ...(seq === undefined ? {} : { seq }) },
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
