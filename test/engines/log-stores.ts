// The logs that the suites run on: where one stands, how it is opened, and records to put in.
import * as fs from 'node:fs';
import * as os from 'node:os';
import * as path from 'node:path';
import { Redis } from 'ioredis';
import type { LogRecord } from '#contracts';
import { openRedisLog, openRedisLogSource } from '#engines/redis-log';
import { openSegmentLogSource, openSegmentLogWriter, type SegmentLogWriter } from '#engines/segment-log';
import type { Log, Logger, LogReader, LogSource } from '#runtime';
import type { RedisServer } from '../servers/servers.ts';

export const MEBIBYTE = 1024 * 1024;

/** Where a log stands. One writing end at a time; the reading ends may outlive it. */
export interface LogStore extends AsyncDisposable {
  readonly partitions: number;
  /** `roomBytes`: about so much may be appended until it is full. */
  open(options?: { roomBytes?: number; logger?: Logger }): Promise<Log>;
  source(log: Log, logger?: Logger): Promise<LogSource>;
}

/** Keeps what is logged, and lets a test wait for words. */
export class Listener implements Logger {
  readonly lines: string[] = [];
  readonly #waiting: { words: string; resolve: () => void }[] = [];
  info(_fields: object, message: string): void {
    this.#hear(`info: ${message}`);
  }
  warn(_fields: object, message: string): void {
    this.#hear(`warn: ${message}`);
  }
  error(_fields: object, message: string): void {
    this.#hear(`error: ${message}`);
  }
  /** Resolves with the next line that holds the words. */
  says(words: string): Promise<void> {
    return new Promise((resolve) => this.#waiting.push({ words, resolve }));
  }
  #hear(line: string): void {
    this.lines.push(line);
    for (const { words, resolve } of this.#waiting) if (line.includes(words)) resolve();
  }
}

export function segmentStore(options: { segmentBytes?: number } = {}): LogStore & { folder: string } {
  const parent = fs.mkdtempSync(path.join(os.tmpdir(), 'stethos-log-'));
  const folder = path.join(parent, 'log');
  return {
    partitions: 1,
    folder,
    async open({ roomBytes, logger = new Listener() } = {}) {
      const room = roomBytes === undefined ? {} : { maxBytes: roomBytes };
      const onFatal = (error: Error): void => {
        throw error;
      };
      return openSegmentLogWriter({ folder, segmentBytes: 64 * 1024, ...options, logger, onFatal, ...room });
    },
    async source(log, logger = new Listener()) {
      const { shared } = log as SegmentLogWriter;
      return openSegmentLogSource({ folder, shared, logger });
    },
    async [Symbol.asyncDispose]() {
      fs.rmSync(parent, { recursive: true });
    },
  };
}

/** A log of its own on the server; whatever stood there before is gone. */
export async function redisStore(server: RedisServer, partitions = 4): Promise<LogStore> {
  const redis = new Redis(server.url);
  // Servers are killed here; without a listener it would be printed.
  redis.on('error', () => {});
  await redis.flushall('SYNC');
  const { url } = server;
  return {
    partitions,
    async open({ roomBytes, logger = new Listener() } = {}) {
      const used = Number(/used_memory:(\d+)/.exec(await redis.info('memory'))![1]);
      const maxBytes = roomBytes === undefined ? 1024 * MEBIBYTE : used + roomBytes;
      return openRedisLog({ url, partitions, maxBytes, logger });
    },
    source: (_log, logger = new Listener()) => openRedisLogSource({ url, partitions, logger }),
    async [Symbol.asyncDispose]() {
      redis.disconnect();
    },
  };
}

export const append = (log: Log, record: LogRecord): Promise<void> =>
  new Promise((resolve, reject) => log.append(record, (error) => (error ? reject(error) : resolve())));

/** Appliances that stand in different partitions where there are several. */
export const APPLIANCES = Array.from(
  { length: 8 },
  (_, i) => `01890a5d-ac96-774b-bcce-${String(i * 7_919).padStart(12, '0')}`,
);

export const message = (body: string | Uint8Array, appliance = APPLIANCES[0]!): LogRecord => ({
  kind: 'message',
  at: 1_763_756_400_000,
  appliance,
  channel: 'telemetry',
  model: 'stethos-reference-fridge',
  body: Buffer.from(body),
});

export type Seen = { record: LogRecord; position: number };

/** Everything from `position` on. Fails when a batch does not go on. */
export async function readFrom(reader: LogReader, position = 0, maxBytes = 64 * 1024): Promise<Seen[]> {
  const seen: Seen[] = [];
  for (let at = position; ; ) {
    const { records, positions, next } = await reader.read(at, maxBytes);
    for (const [i, record] of records.entries()) seen.push({ record, position: positions[i]! });
    if (next === at) return seen;
    if (next < at) throw new Error(`read from ${at} and was sent back to ${next}`);
    at = next;
  }
}

export const bodyOf = ({ record }: Seen): string => Buffer.from(record.body).toString();
export const bodies = async (reader: LogReader, position?: number, maxBytes?: number): Promise<string[]> =>
  (await readFrom(reader, position, maxBytes)).map(bodyOf);
