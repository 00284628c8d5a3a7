// The writing end: one batch on its way at a time, everything that arrives meanwhile joins the next. Redis answers once its
// file is flushed, so an answer means kept. What waits here is what the broker has read and not acknowledged: it stops
// reading a socket whose messages wait, so its connections bound our memory.
import { randomUUID } from 'node:crypto';
import { setTimeout as pause } from 'node:timers/promises';
import type { LogRecord } from '#contracts';
import { type Log, type Logger, messageOf, PlatformError, partitionOf, SECOND } from '#runtime';
import { APPEND_SCRIPT, newestOf } from './append-script.ts';
import { atStart, type Connection, connect, isAnswer, logAbout } from './connection.ts';
import { encodeEntry, entryBytes, MAX_ENTRY_BYTES } from './entry.ts';
import { ABOUT, entryId, positionBehind, ROLLED, sequenceAt, streamKey, writerKey } from './keys.ts';
import { lastSequence } from './redis-log-reader.ts';
import { Room } from './room.ts';
import { checkServer } from './server-check.ts';

export type RedisLogOptions = {
  url: string;
  partitions: number;
  /** When the server holds this much in memory, nothing more is accepted until it is trimmed. */
  maxBytes: number;
  logger: Logger;
  /** The operator made sure of the server's settings; where it forbids CONFIG they cannot be looked at. */
  settingsChecked?: boolean;
};

/** Redis does nothing else meanwhile, so a batch is small enough for that. */
const BATCH_BYTES = 4 * 1024 * 1024;
const BATCH_RECORDS = 4096;
const TRY_AGAIN_MS = SECOND / 5;
const LAST_ANSWER_MS = 2 * SECOND;

type Waiting = { partition: number | null; entry: Buffer; done: (error: Error | null) => void };

class RedisLog implements Log {
  readonly partitions: number;
  readonly #connection: Connection;
  readonly #logger: Logger;
  readonly #settingsChecked: boolean;
  readonly #room: Room;
  readonly #id: string;
  readonly #keys: string[];
  /** Newest sequence that was acknowledged, by partition. */
  readonly #kept: number[];
  readonly #closing = new AbortController();
  #checked = 0;
  #number = 0;
  #waiting: Waiting[] = [];
  #writing: Promise<void> | undefined;
  #blocked: string | null = null;

  constructor(options: RedisLogOptions, connection: Connection, id: string) {
    this.partitions = options.partitions;
    this.#connection = connection;
    this.#logger = options.logger;
    this.#settingsChecked = options.settingsChecked ?? false;
    this.#room = new Room(connection.redis, options.maxBytes);
    this.#id = id;
    const streams = Array.from({ length: options.partitions }, (_, partition) => streamKey(partition));
    this.#keys = [ABOUT, writerKey(randomUUID()), ...streams];
    this.#kept = streams.map(() => 0);
  }

  get blocked(): string | null {
    const { redis, trouble } = this.#connection;
    // Also while nothing is appended, and while a server that came back still reads its file.
    return this.#blocked ?? (redis.status === 'ready' ? null : `Redis is away: ${trouble}`);
  }

  append(record: LogRecord, done: (error: Error | null) => void): void {
    const bytes = entryBytes(record);
    if (this.#closing.signal.aborted)
      return done(new PlatformError('log-closed', 'retry', 'The log is closed: the platform is stopping.'));
    if (bytes > MAX_ENTRY_BYTES)
      return done(new PlatformError('record-too-large', 'reject', `A record of ${bytes} bytes.`));
    const partition = record.appliance === '' ? null : partitionOf(record.appliance, this.partitions);
    this.#waiting.push({ partition, entry: encodeEntry(record), done });
    this.#writing ??= this.#write();
  }

  async trim(partition: number, position: number): Promise<void> {
    const { redis } = this.#connection;
    try {
      await redis.xtrim(streamKey(partition), 'MINID', '=', entryId(sequenceAt(position, partition)));
      if (position >= Number((await redis.hget(ROLLED, String(partition))) ?? Number.NaN))
        await this.#forget(partition);
    } catch (error) {
      this.#logger.warn({ partition, error: messageOf(error) }, 'the log could not be trimmed; it will be tried again');
    }
  }

  roll(): void {
    this.#noteEnds().catch((error) => {
      this.#logger.warn({ error: messageOf(error) }, 'the log could not be rolled');
    });
  }

  async [Symbol.asyncDispose](): Promise<void> {
    if (this.#closing.signal.aborted) return;
    this.#closing.abort();
    // The batch on its way may still be answered; one that waits for a server that is away is given up.
    const patience = setTimeout(() => this.#connection.redis.disconnect(), LAST_ANSWER_MS);
    await this.#writing;
    clearTimeout(patience);
    this.#connection.redis.disconnect();
  }

  async #write(): Promise<void> {
    // Not at once: what the same turn of the loop still reads from its sockets belongs to this batch.
    await new Promise(setImmediate);
    while (this.#waiting.length > 0) {
      const batch = this.#nextBatch();
      const error = await this.#keep(batch);
      for (const { done } of batch) done(error);
    }
    this.#writing = undefined;
  }

  #nextBatch(): Waiting[] {
    let bytes = 0;
    const end = this.#waiting.findIndex(({ entry }, index) => {
      bytes += entry.length;
      return index > 0 && (bytes > BATCH_BYTES || index >= BATCH_RECORDS);
    });
    return this.#waiting.splice(0, end === -1 ? this.#waiting.length : end);
  }

  /** Tries until it is kept, or the log closes: then nobody is told "kept". */
  async #keep(batch: Waiting[]): Promise<Error | null> {
    const everywhere = Array.from({ length: this.partitions }, (_, partition) => partition);
    const entries = batch.flatMap(({ partition, entry }) =>
      (partition === null ? everywhere : [partition]).flatMap((place) => [place, entry]),
    );
    const number = ++this.#number;
    const bytes = batch.reduce((sum, { entry }) => sum + entry.length, 0);
    for (;;) {
      const why = await this.#tryToKeep(number, entries, bytes);
      if (why === null) return null;
      this.#block(why);
      if (this.#closing.signal.aborted)
        return new PlatformError('log-closed', 'retry', 'The log closed before it could keep this record.');
      await pause(TRY_AGAIN_MS, undefined, { signal: this.#closing.signal }).catch(() => {});
    }
  }

  /** null: kept; else why not, as far as known. */
  async #tryToKeep(number: number, entries: (number | Buffer)[], bytes: number): Promise<string | null> {
    const { redis } = this.#connection;
    try {
      const generation = this.#connection.generation;
      if (generation !== this.#checked) {
        await this.#checkAgain();
        this.#checked = generation;
      }
      if (!(await this.#room.has(bytes))) return 'full; it waits for its consumers';
      const answer = await redis.eval(APPEND_SCRIPT, this.#keys.length, ...this.#keys, this.#id, number, ...entries);
      // The answer of a server that nobody looked at may not mean "kept".
      if (this.#connection.generation !== this.#checked) return 'the connection was lost';
      if (typeof answer === 'string') for (const [place, sequence] of newestOf(answer)) this.#kept[place] = sequence;
      this.#room.took(bytes);
      this.#goOn();
      return null;
    } catch (error) {
      if (!isAnswer(error) && !(error instanceof PlatformError)) return `Redis is away: ${this.#connection.trouble}`;
      return error.message.startsWith('OOM') ? 'full; it waits for its consumers' : error.message;
    }
  }

  /** After each connection: it may lead to another server, or to one that came back with less. */
  async #checkAgain(): Promise<void> {
    const { redis } = this.#connection;
    await checkServer(redis, this.#settingsChecked);
    for (const [partition, end] of (await this.#lastSequences()).entries()) {
      const lost = this.#kept[partition]! - end;
      if (lost <= 0) continue;
      this.#logger.error({ partition, lost }, 'the log came back without records that it had acknowledged');
      this.#kept[partition] = end;
    }
  }

  #lastSequences(): Promise<number[]> {
    return Promise.all(this.#keys.slice(2).map((key) => lastSequence(this.#connection.redis, key)));
  }

  /** In Redis, because the process that trims may be another one. */
  async #noteEnds(): Promise<void> {
    const ends = (await this.#lastSequences()).map((sequence, partition) => positionBehind(sequence, partition));
    await this.#connection.redis.hset(ROLLED, { ...ends });
  }

  /** What was trimmed still stands in Redis' file until that is written anew, once all partitions have passed. */
  async #forget(partition: number): Promise<void> {
    const { redis } = this.#connection;
    if ((await redis.hlen(ROLLED)) === 1) await redis.bgrewriteaof();
    await redis.hdel(ROLLED, String(partition));
  }

  #block(why: string): void {
    if (this.#blocked === why) return;
    this.#blocked = why;
    this.#logger.warn({ why }, 'the log takes nothing; nothing is acknowledged until it does');
  }

  #goOn(): void {
    if (this.#blocked === null) return;
    this.#blocked = null;
    this.#logger.info({}, 'the log takes records again');
  }
}

/**
 * Opens the log on a Redis of its own and checks its settings. Throws a fatal PlatformError with a hint when it may not
 * hold the log, has another number of partitions, or does not answer for 10 s. Later outages are waited out.
 */
export async function openRedisLog(options: RedisLogOptions): Promise<Log> {
  const connection = connect(options.url);
  try {
    const { id } = await atStart(connection, async () => {
      await checkServer(connection.redis, options.settingsChecked ?? false);
      return logAbout(connection.redis, options.partitions);
    });
    return new RedisLog(options, connection, id);
  } catch (error) {
    connection.redis.disconnect();
    throw error;
  }
}
