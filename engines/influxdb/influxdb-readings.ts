// Readings in InfluxDB 2. It has no transactions: the checkpoint is a row of the registry's database, saved after the
// lines are durable, and a batch that is written again overwrites itself.
import { InfluxDB, type QueryApi } from '@influxdata/influxdb-client';
import type { Moment, Rollup, SeriesPoint } from '#contracts';
import type { DueDays, Horizons, ReadingsStore, Span } from '#ingest';
import { type Clock, DAY, type Logger, oneAtATime, PlatformError, SECOND } from '#runtime';
import { age } from './age.ts';
import { Buckets, rollupBucket } from './buckets.ts';
import { DayMarks } from './day-marks.ts';
import { linesOf } from './line-protocol.ts';
import { LineSender } from './line-sender.ts';
import { queryCount, queryReadings, queryRollups } from './raw.ts';
import { queryRolledUp, querySeries } from './series.ts';
import { type Place, storeError } from './store-error.ts';
import { storeLines } from './store-lines.ts';

type CheckpointRow = { load(): Promise<number>; save(next: number): Promise<void> };

export type InfluxReadingsOptions = {
  url: string;
  token: string;
  org: string;
  bucket: string;
  checkpoint: CheckpointRow;
  /**
   * Takes what InfluxDB will never store (older than the bucket's retention, a field of another type), with its reason.
   * Awaited before the checkpoint is saved; after a crash it may be told again.
   */
  refused: (moment: Moment, reason: string) => Promise<void>;
  /**
   * Days of appliances that were written and are not rolled up. Without it nothing is marked and nothing ages: for a bucket
   * that is filled before anybody works with it.
   */
  ageing?: { due: DueDays; clock: Clock };
  logger: Logger;
  /** Of one request that writes. */
  timeoutMs?: number;
  /** Asked before each request: whether this process may still write for so long; without it, always. */
  mayWriteFor?: (ms: number) => boolean;
};

const WRITE_TIMEOUT_MS = 3 * SECOND;
const QUERY_TIMEOUT_MS = 30 * SECOND;
const HEALTH_TIMEOUT_MS = 3 * SECOND;

class Store implements ReadingsStore {
  readonly #options: InfluxReadingsOptions;
  readonly #turn = oneAtATime();
  readonly #sender: LineSender;
  readonly #rollupSender: LineSender;
  readonly #query: QueryApi;
  readonly #buckets: Buckets;
  readonly #marks: DayMarks | null;
  #checkpoint: number | null = null;
  #closed = false;

  constructor(options: InfluxReadingsOptions) {
    this.#options = options;
    const { url, token, org, timeoutMs = WRITE_TIMEOUT_MS, mayWriteFor = () => true } = options;
    const client = new InfluxDB({ url, token, timeout: QUERY_TIMEOUT_MS });
    this.#query = client.getQueryApi(org);
    // The client's own writer would retry from memory, drop what is too much, and swallow errors of its timer: the log does
    // all that better.
    this.#sender = new LineSender({ client, place: options, timeoutMs, mayWriteFor });
    this.#rollupSender = new LineSender({
      client,
      place: options,
      timeoutMs: QUERY_TIMEOUT_MS,
      mayWriteFor: () => true,
    });
    this.#buckets = new Buckets({ client, place: options });
    this.#marks = options.ageing ? new DayMarks(options.ageing) : null;
  }

  checkpoint(): Promise<number> {
    return this.#do(() => this.#readCheckpoint());
  }

  write(moments: readonly Moment[], next: number): Promise<void> {
    return this.#do(async () => {
      const checkpoint = await this.#readCheckpoint();
      if (next <= checkpoint) return;
      // What lies before the checkpoint was stored with it; written again, it could hide what came later.
      const lines = linesOf(moments.filter((moment) => moment.position >= checkpoint));
      for (let first = 0, last = 0; first < lines.length; first = last) {
        last = first + this.#sender.linesAtOnce;
        const send = (text: string[]) => this.#sender.send(text);
        await storeLines({ send, refused: this.#options.refused }, lines.slice(first, last));
      }
      await this.#marks?.mark(lines);
      await this.#options.checkpoint.save(next);
      this.#checkpoint = next;
    });
  }

  series(query: Parameters<ReadingsStore['series']>[0]): Promise<SeriesPoint[]> {
    return this.#ask(() => querySeries(this.#query, this.#options.bucket, query));
  }

  readings(query: Parameters<ReadingsStore['readings']>[0]): ReturnType<ReadingsStore['readings']> {
    return this.#ask(() => queryReadings(this.#query, this.#options.bucket, query));
  }

  count(query: Parameters<ReadingsStore['count']>[0]): Promise<number> {
    return this.#ask(() => queryCount(this.#query, this.#options.bucket, query));
  }

  rolledUp(query: Parameters<ReadingsStore['rolledUp']>[0]): Promise<SeriesPoint[]> {
    return this.#askRollups((bucket) => queryRolledUp(this.#query, bucket, query));
  }

  rollups(query: Parameters<ReadingsStore['rollups']>[0]): Promise<Rollup[]> {
    return this.#askRollups((bucket) => queryRollups(this.#query, bucket, query));
  }

  async notRolledUp(query: Parameters<ReadingsStore['notRolledUp']>[0]): Promise<Span[]> {
    const { appliance, from, to } = query;
    const days = (await this.#options.ageing?.due.of({ appliance, from: from - DAY + 1, to })) ?? [];
    return days.map((day) => ({ from: day, to: day + DAY }));
  }

  /** Roll-ups are written by a sender of its own: what holds up the one need not hold up the other. */
  age(horizons: Horizons): Promise<boolean> {
    const { ageing, bucket } = this.#options;
    if (!ageing) return Promise.resolve(false);
    const { due } = ageing;
    const deps = { query: this.#query, sender: this.#rollupSender, buckets: this.#buckets, due, bucket };
    return this.#ask(() => age(deps, horizons));
  }

  async [Symbol.asyncDispose](): Promise<void> {
    this.#closed = true;
    await this.#turn(async () => {});
  }

  async #ask<Answer>(work: () => Promise<Answer>): Promise<Answer> {
    try {
      return await work();
    } catch (error) {
      throw storeError(error, this.#options);
    }
  }

  /** Before the first roll-up there may be no bucket for them. */
  async #askRollups<Answer>(work: (bucket: string) => Promise<Answer[]>): Promise<Answer[]> {
    try {
      return await this.#ask(() => work(rollupBucket(this.#options.bucket)));
    } catch (error) {
      if (error instanceof PlatformError && error.code === 'readings-bucket') return [];
      throw error;
    }
  }

  async #do<T>(work: () => Promise<T>): Promise<T> {
    if (this.#closed)
      throw new PlatformError('readings-closed', 'retry', 'The readings are closed: the platform stops.');
    return this.#turn(work);
  }

  async #readCheckpoint(): Promise<number> {
    this.#checkpoint ??= await this.#options.checkpoint.load();
    return this.#checkpoint;
  }
}

async function sayHealth(place: Place, logger: Logger): Promise<void> {
  const fields = { url: place.url, org: place.org, bucket: place.bucket };
  try {
    const url = new URL('health', place.url.endsWith('/') ? place.url : `${place.url}/`);
    const answer = await fetch(url, { signal: AbortSignal.timeout(HEALTH_TIMEOUT_MS) });
    if (answer.ok) logger.info(fields, 'readings go to InfluxDB');
    else logger.warn({ ...fields, status: answer.status }, 'InfluxDB is not healthy; readings wait in the log');
  } catch (error) {
    const { message, hint } = storeError(error, place);
    logger.warn({ ...fields, error: message, hint }, 'InfluxDB cannot be reached; readings wait in the log');
  }
}

/** Never fails because InfluxDB is away: writing waits for it, and nothing else does. */
export async function openInfluxReadings(options: InfluxReadingsOptions): Promise<ReadingsStore> {
  await sayHealth(options, options.logger);
  return new Store(options);
}
