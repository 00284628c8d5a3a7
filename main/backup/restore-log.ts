// The copied log into an empty one. Records keep their positions where the log is of the same kind; else they get new ones
// behind all that were ever given out, so that a newer record still has the higher position.
import * as path from 'node:path';
import { openRedisLogLoad, positionAfter, positionFrom, type RedisLogLoad } from '#engines/redis-log';
import { beginSegmentLog, openSegmentLogSource, openSegmentLogWriter } from '#engines/segment-log';
import { type Logger, type LogWriter, PlatformError, partitionOf } from '#runtime';
import type { Settings } from '../config.ts';
import { copiedRecords, type PlacedRecord } from './log-copy.ts';
import type { Manifest } from './manifest.ts';
import { Places } from './places.ts';

export type LogTarget = {
  partitions: number;
  /** Throws `target-not-empty`, unless it holds what this restore left there before. */
  prepare(again: boolean): Promise<void>;
  load(from: { folder: string; log: Manifest['log'] }, asked: Iterable<number>): Promise<Places>;
};

const BATCH_RECORDS = 500;

/** Of the copied log: the partition that leads to `partition` of the new one. */
export const sourceOf = (log: Manifest['log'], partition: number): number =>
  log.partitions.length === 1 ? 0 : partition;

function refuseOther(log: Manifest['log'], partitions: number): void {
  const copied = log.partitions.length;
  if (copied === partitions || copied === 1) return;
  throw new PlatformError('log-partitions', 'reject', `The backup's log has ${copied} partitions, not ${partitions}.`, {
    hint: `Restore it to LOG_REDIS_URL with LOG_PARTITIONS=${copied}: every appliance has its place by that number.`,
  });
}

const notEmpty = (where: string): PlatformError =>
  new PlatformError('target-not-empty', 'reject', `There is a log in ${where} already.`, {
    hint: 'Restore to an empty one: a restore never mixes two platforms.',
  });

export function segmentTarget(data: string, logger: Logger): LogTarget {
  const folder = path.join(data, 'log');
  return {
    partitions: 1,
    // Its folder is new each time.
    async prepare() {},
    async load({ folder: backup, log }, asked) {
      refuseOther(log, 1);
      const copied = log.partitions[0]!;
      beginSegmentLog(folder, copied.from);
      const places = new Places(1, asked);
      const writer = openSegmentLogWriter({
        folder,
        logger,
        maxBytes: Number.MAX_SAFE_INTEGER,
        onFatal: (error) => {
          throw error;
        },
      });
      try {
        for await (const batch of inBatches(copiedRecords(backup, copied))) await appendAll(writer, batch);
        await writer[Symbol.asyncDispose]();
        await using source = openSegmentLogSource({ folder, shared: writer.shared, logger });
        const reader = source.reader(0);
        const old = copiedRecords(backup, copied);
        for (let position = copied.from; ; ) {
          const batch = await reader.read(position, 1024 * 1024);
          for (const fresh of batch.positions) places.add(0, (await old.next()).value!.position, fresh);
          places.counts.found += batch.positions.length;
          if (batch.next <= position) break;
          position = batch.next;
        }
        places.end(0, await reader.end());
        places.counts.put = copied.records;
      } finally {
        await writer[Symbol.asyncDispose]();
      }
      return places;
    },
  };
}

function appendAll(writer: LogWriter, batch: readonly PlacedRecord[]): Promise<void> {
  return new Promise((resolve, reject) => {
    let left = batch.length;
    for (const { record } of batch) {
      writer.append(record, (error) => {
        if (error) reject(error);
        else if (--left === 0) resolve();
      });
    }
  });
}

async function* inBatches(records: AsyncIterable<PlacedRecord>): AsyncGenerator<PlacedRecord[]> {
  let batch: PlacedRecord[] = [];
  for await (const record of records) {
    batch.push(record);
    if (batch.length < BATCH_RECORDS) continue;
    yield batch;
    batch = [];
  }
  if (batch.length > 0) yield batch;
}

export async function redisTarget(settings: Settings, stack: AsyncDisposableStack): Promise<LogTarget> {
  const { LOG_REDIS_URL, LOG_PARTITIONS: partitions, LOG_REDIS_CHECKED } = settings;
  const load = stack.use(
    await openRedisLogLoad({ url: LOG_REDIS_URL!, partitions, settingsChecked: LOG_REDIS_CHECKED === 'yes' }),
  );
  return {
    partitions,
    async prepare(again) {
      if (!(await load.filled())) return;
      if (!again) throw notEmpty('the Redis of LOG_REDIS_URL');
      await load.clear();
    },
    async load({ folder, log }, asked) {
      refuseOther(log, partitions);
      const places = new Places(partitions, asked);
      if (log.partitions.length === partitions) await samePlaces(load, folder, log, places);
      else await newPlaces(load, folder, log, places, partitions);
      places.counts.found = await load.count();
      return places;
    },
  };
}

async function samePlaces(load: RedisLogLoad, folder: string, log: Manifest['log'], places: Places): Promise<void> {
  await load.begin(log.partitions.map(({ partition, from }) => positionFrom(from, partition)));
  for (const copied of log.partitions) {
    const { partition } = copied;
    // A log of one partition may come from segments, whose positions stand closer.
    let free = positionFrom(copied.from, partition);
    let end = free;
    for await (const batch of inBatches(copiedRecords(folder, copied))) {
      const placed = batch.map(({ position, record }) => {
        const fresh = Math.max(free, positionFrom(position, partition));
        free = positionAfter(fresh);
        places.add(partition, position, fresh);
        return { position: fresh, record };
      });
      end = await load.put(partition, placed);
    }
    places.end(partition, end);
  }
}

async function newPlaces(
  load: RedisLogLoad,
  folder: string,
  log: Manifest['log'],
  places: Places,
  partitions: number,
): Promise<void> {
  const copied = log.partitions[0]!;
  const free = Array.from({ length: partitions }, (_, partition) => positionFrom(copied.end, partition));
  await load.begin(free);
  for await (const batch of inBatches(copiedRecords(folder, copied))) {
    const placed: PlacedRecord[][] = free.map(() => []);
    for (const { position, record } of batch) {
      for (const partition of partitionsOf(record.appliance, partitions)) {
        placed[partition]!.push({ position: free[partition]!, record });
        places.add(partition, position, free[partition]!);
        free[partition] = positionAfter(free[partition]!);
      }
    }
    for (const [partition, entries] of placed.entries()) if (entries.length > 0) await load.put(partition, entries);
  }
  for (const [partition, end] of free.entries()) places.end(partition, end);
}

const partitionsOf = (appliance: string, partitions: number): number[] =>
  appliance === '' ? Array.from({ length: partitions }, (_, index) => index) : [partitionOf(appliance, partitions)];
