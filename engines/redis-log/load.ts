// Fills an empty log with records of another one, partition by partition, each at a position of the caller's choice.
import type { LogRecord } from '#contracts';
import { PlatformError } from '#runtime';
import { atStart, connect, logAbout } from './connection.ts';
import { encodeEntry } from './entry.ts';
import { ABOUT, entryId, MOST_PARTITIONS, positionBehind, positionOf, ROLLED, sequenceAt, streamKey } from './keys.ts';
import { lastSequence } from './redis-log-reader.ts';
import { checkServer } from './server-check.ts';

export type RedisLogLoad = AsyncDisposable & {
  /** Whether a log stands on that server. */
  filled(): Promise<boolean>;
  /** Deletes the log, and all of it. */
  clear(): Promise<void>;
  /** Founds an empty log in which nothing stands before these positions, by partition. */
  begin(positions: readonly number[]): Promise<void>;
  /** Resolves with the position behind the newest once all are durable; positions grow. */
  put(partition: number, entries: readonly { position: number; record: LogRecord }[]): Promise<number>;
  /** Records that stand in it, of all partitions. */
  count(): Promise<number>;
};

/** The first position of a partition that is not before `position`. */
export const positionFrom = (position: number, partition: number): number =>
  positionOf(sequenceAt(position, partition), partition);

/** The next one of the same partition. */
export const positionAfter = (position: number): number => position + MOST_PARTITIONS;

/** Nobody else may write the log meanwhile. Throws as `openRedisLog` does when the server may not hold a log. */
export async function openRedisLogLoad(options: {
  url: string;
  partitions: number;
  settingsChecked?: boolean;
}): Promise<RedisLogLoad> {
  const { url, partitions } = options;
  const connection = connect(url);
  const { redis } = connection;
  try {
    await atStart(connection, () => checkServer(redis, options.settingsChecked ?? false));
  } catch (error) {
    redis.disconnect();
    throw error;
  }
  return {
    async filled() {
      return (await redis.exists(ABOUT)) > 0;
    },
    async clear() {
      const founded = Number((await redis.hget(ABOUT, 'partitions')) ?? 0);
      for (let partition = 0; partition < founded; partition++) await redis.unlink(streamKey(partition));
      await redis.unlink(ABOUT, ROLLED);
    },
    async begin(positions) {
      await logAbout(redis, partitions);
      for (const [partition, position] of positions.entries()) {
        const before = sequenceAt(position, partition) - 1;
        if (before < 1) continue;
        await redis.xadd(streamKey(partition), entryId(before), 'r', '');
        await redis.xtrim(streamKey(partition), 'MAXLEN', '=', 0);
      }
    },
    async put(partition, entries) {
      const pipeline = redis.pipeline();
      for (const { position, record } of entries) {
        pipeline.xadd(streamKey(partition), entryId(sequenceAt(position, partition)), 'r', encodeEntry(record));
      }
      for (const [error] of (await pipeline.exec()) ?? []) {
        if (error) throw new PlatformError('log-not-loaded', 'fatal', `The log could not be filled: ${error.message}`);
      }
      return positionBehind(await lastSequence(redis, streamKey(partition)), partition);
    },
    async count() {
      let count = 0;
      for (let partition = 0; partition < partitions; partition++) count += await redis.xlen(streamKey(partition));
      return count;
    },
    async [Symbol.asyncDispose]() {
      redis.disconnect();
    },
  };
}
