// Readings in InfluxDB 2. It has no transactions: the checkpoint is a row of the registry's database, saved after the
// lines are durable, and a batch that is written again overwrites itself.
import { InfluxDB, type QueryApi } from '@influxdata/influxdb-client';
import type { Moment, SeriesPoint } from '#contracts';
import type { ReadingsStore } from '#ingest';
import { type Logger, oneAtATime, PlatformError, SECOND } from '#runtime';
import { linesOf } from './line-protocol.ts';
import { LineSender } from './line-sender.ts';
import { queryReadings } from './raw.ts';
import { querySeries } from './series.ts';
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
  logger: Logger;
  /** Of one request that writes. */
  timeoutMs?: number;
};

const WRITE_TIMEOUT_MS = 3 * SECOND;
const QUERY_TIMEOUT_MS = 30 * SECOND;
const HEALTH_TIMEOUT_MS = 3 * SECOND;

class Store implements ReadingsStore {
  readonly #options: InfluxReadingsOptions;
  readonly #turn = oneAtATime();
  readonly #sender: LineSender;
  readonly #query: QueryApi;
  #checkpoint: number | null = null;
  #closed = false;

  constructor(options: InfluxReadingsOptions) {
    this.#options = options;
    const { url, token, org, timeoutMs = WRITE_TIMEOUT_MS } = options;
    const client = new InfluxDB({ url, token, timeout: QUERY_TIMEOUT_MS });
    this.#query = client.getQueryApi(org);
    // The client's own writer would retry from memory, drop what is too much, and swallow errors of its timer: the log does
    // all that better.
    this.#sender = new LineSender({ client, place: options, timeoutMs });
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
      await this.#options.checkpoint.save(next);
      this.#checkpoint = next;
    });
  }

  async series(query: Parameters<ReadingsStore['series']>[0]): Promise<SeriesPoint[]> {
    try {
      return await querySeries(this.#query, this.#options.bucket, query);
    } catch (error) {
      throw storeError(error, this.#options);
    }
  }

  async readings(query: Parameters<ReadingsStore['readings']>[0]): ReturnType<ReadingsStore['readings']> {
    try {
      return await queryReadings(this.#query, this.#options.bucket, query);
    } catch (error) {
      throw storeError(error, this.#options);
    }
  }

  async [Symbol.asyncDispose](): Promise<void> {
    this.#closed = true;
    await this.#turn(async () => {});
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
