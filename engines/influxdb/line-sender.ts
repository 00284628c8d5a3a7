// Lines to InfluxDB, one request at a time, each with an end: a request that was given up is cut, so that it is not
// stored long after somebody else has taken over.
import { HttpError, type InfluxDB } from '@influxdata/influxdb-client';
import { PlatformError, SECOND } from '#runtime';
import { type Place, type Refusal, refusalIn, storeError } from './store-error.ts';

const MOST_LINES = 5_000;
const GROWS_AFTER = 10;
/** A server that asks for more is asked again sooner: it may be well by then. */
const LONGEST_PAUSE_MS = 30 * SECOND;
const STORED = 204;

/** Lines in one request: fewer while the server does not get on with more. */
export class RequestSize {
  #lines = MOST_LINES;
  #went = 0;

  get lines(): number {
    return this.#lines;
  }

  wentWell(): void {
    if (this.#lines === MOST_LINES || ++this.#went < GROWS_AFTER) return;
    this.#lines = Math.min(MOST_LINES, this.#lines * 2);
    this.#went = 0;
  }

  /** `sent` lines were too many. */
  tooMany(sent: number): void {
    this.#lines = Math.max(1, Math.min(this.#lines, sent >> 1));
    this.#went = 0;
  }
}

type LineSenderOptions = {
  client: InfluxDB;
  place: Place;
  timeoutMs: number;
  /** No request is begun that could outlast the right to write. */
  mayWriteFor: (ms: number) => boolean;
};

export class LineSender {
  readonly #client: InfluxDB;
  readonly #place: Place;
  readonly #timeoutMs: number;
  readonly #size = new RequestSize();
  readonly #mayWriteFor: (ms: number) => boolean;
  #pausedUntil = 0;
  #pause: PlatformError | null = null;

  constructor({ client, place, timeoutMs, mayWriteFor }: LineSenderOptions) {
    this.#client = client;
    this.#place = place;
    this.#timeoutMs = timeoutMs;
    this.#mayWriteFor = mayWriteFor;
  }

  /** How many lines to give to `send` at a time. */
  get linesAtOnce(): number {
    return this.#size.lines;
  }

  /** Resolves when all lines are durable, or with what was said about some of them; throws `retry` after `timeoutMs` at the latest. */
  async send(lines: readonly string[], bucket = this.#place.bucket): Promise<Refusal | null> {
    if (this.#pause && performance.now() < this.#pausedUntil) throw this.#pause;
    if (!this.#mayWriteFor(this.#timeoutMs)) throw notNow();
    const signal = AbortSignal.timeout(this.#timeoutMs);
    try {
      await this.#post(lines.join('\n'), bucket, signal);
      this.#size.wentWell();
      return null;
    } catch (error) {
      if (signal.aborted) this.#size.tooMany(lines.length);
      else if (error instanceof HttpError) this.#hear(error, lines.length);
      const refusal = signal.aborted ? null : refusalIn(error);
      if (refusal) return refusal;
      throw signal.aborted ? this.#tookTooLong(lines.length, error) : storeError(error, { ...this.#place, bucket });
    }
  }

  async #post(body: string, bucket: string, signal: AbortSignal): Promise<void> {
    const where = new URLSearchParams({ org: this.#place.org, bucket, precision: 'ms' });
    const headers = { 'content-type': 'text/plain; charset=utf-8' };
    let status: number | undefined;
    const started = (_headers: unknown, code?: number): void => {
      status = code;
    };
    await this.#client.transport.request(`/api/v2/write?${where}`, body, { method: 'POST', headers, signal }, started);
    // Something between us and the server may answer whatever it is asked.
    if (status !== STORED) throw new Error(`a write was answered with ${status}, which is no answer of InfluxDB`);
  }

  #hear(error: HttpError, sent: number): void {
    if (error.statusCode === 413) this.#size.tooMany(sent);
    const seconds = Number(error.headers?.['retry-after']);
    if ((error.statusCode !== 429 && error.statusCode !== 503) || !(seconds > 0)) return;
    this.#pausedUntil = performance.now() + Math.min(LONGEST_PAUSE_MS, seconds * SECOND);
    this.#pause = storeError(error, this.#place);
  }

  #tookTooLong(lines: number, cause: unknown): PlatformError {
    const message = `InfluxDB at ${this.#place.url} did not answer a write of ${lines} lines within ${this.#timeoutMs} ms.`;
    return new PlatformError('readings-slow', 'retry', message, {
      cause,
      hint: 'InfluxDB is overloaded or its disk is slow; readings wait, and smaller writes are tried.',
    });
  }
}

const notNow = (): PlatformError =>
  new PlatformError('lease-short', 'retry', 'The partition may be taken by another process; it is asked first.');
