// The reading end: each partition is a stream of its own; all readers of a process share their connections.
import type { Redis } from 'ioredis';
import { type LogBatch, type Logger, type LogReader, type LogSource, PlatformError } from '#runtime';
import { atStart, type Connection, connect, isAnswer, logAbout } from './connection.ts';
import { decodeEntry } from './entry.ts';
import { entryId, positionBehind, positionOf, sequenceAt, sequenceOf, streamKey } from './keys.ts';
import { News } from './news.ts';

/** Of one question; records may be large, and what was asked for arrives whole. */
const MOST_ENTRIES = 512;
const FIRST_ENTRIES = 64;

type Entry = [id: Buffer, fields: Buffer[]];

class Reader implements LogReader {
  readonly #redis: Redis;
  readonly #news: News;
  readonly #logger: Logger;
  readonly #partition: number;
  readonly #key: string;

  constructor(options: { redis: Redis; news: News; logger: Logger; partition: number }) {
    this.#redis = options.redis;
    this.#news = options.news;
    this.#logger = options.logger;
    this.#partition = options.partition;
    this.#key = streamKey(options.partition);
  }

  async end(): Promise<number> {
    return positionBehind(await lastSequence(this.#redis, this.#key), this.#partition);
  }

  wait(position: number, timeoutMs: number, signal?: AbortSignal): Promise<void> {
    return this.#news.wait(this.#partition, position, timeoutMs, signal);
  }

  async read(position: number, maxBytes: number): Promise<LogBatch> {
    const batch: LogBatch = { records: [], positions: [], next: position };
    let bytes = 0;
    for (let count = FIRST_ENTRIES; bytes < maxBytes; count = MOST_ENTRIES) {
      const { entries, last } = await this.#ask(sequenceAt(batch.next, this.#partition), count);
      for (const [id, [, entry]] of entries) {
        if (bytes > 0 && bytes + entry!.length > maxBytes) return batch;
        bytes += entry!.length;
        this.#take(batch, sequenceOf(id), entry!);
      }
      // Everything that was asked for is gone: trimmed away up to what stood there then.
      if (entries.length === 0) batch.next = Math.max(batch.next, positionBehind(last, this.#partition));
      if (entries.length < count) return batch;
    }
    return batch;
  }

  #take(batch: LogBatch, sequence: number, entry: Buffer): void {
    const position = positionOf(sequence, this.#partition);
    const record = decodeEntry(entry);
    if (record) {
      batch.records.push(record);
      batch.positions.push(position);
    } else this.#logger.error({ position }, 'skipped a damaged record of the log');
    batch.next = positionBehind(sequence, this.#partition);
  }

  /** `last` is looked up before the entries: what does not come although it is not behind `last` was trimmed away. */
  async #ask(from: number, count: number): Promise<{ entries: Entry[]; last: number }> {
    const [last, entries] = await Promise.all([
      lastSequence(this.#redis, this.#key),
      this.#redis.xrangeBuffer(this.#key, entryId(from), '+', 'COUNT', count) as Promise<unknown> as Promise<Entry[]>,
    ]);
    if (from > last + 1)
      throw new PlatformError(
        'log-went-back',
        'fatal',
        `Partition ${this.#partition} ends before what was read of it.`,
        {
          hint: 'This Redis lost records (an older file, another server). Bring its newest data back, or see "The log went back" in docs/operations.md.',
        },
      );
    return { entries, last };
  }
}

/** 0: nothing was ever appended. */
export async function lastSequence(redis: Redis, key: string): Promise<number> {
  try {
    const answer = (await redis.xinfo('STREAM', key)) as unknown[];
    return sequenceOf(String(answer[answer.indexOf('last-generated-id') + 1]));
  } catch (error) {
    if (isAnswer(error) && error.message.startsWith('ERR no such key')) return 0;
    throw error;
  }
}

/** Throws a fatal PlatformError when the server does not answer for 10 s or has another number of partitions. */
export async function openRedisLogSource(options: {
  url: string;
  partitions: number;
  logger: Logger;
}): Promise<LogSource> {
  const { url, partitions, logger } = options;
  const connection: Connection = connect(url);
  try {
    await atStart(connection, () => logAbout(connection.redis, partitions));
  } catch (error) {
    connection.redis.disconnect();
    throw error;
  }
  const news = new News(url, partitions);
  return {
    partitions,
    reader: (partition) => new Reader({ redis: connection.redis, news, logger, partition }),
    async [Symbol.asyncDispose]() {
      news.close();
      connection.redis.disconnect();
    },
  };
}
