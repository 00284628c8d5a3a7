// The log of this process: segment files in its folder, or streams of a Redis that several processes share.
import * as path from 'node:path';
import { openRedisLog, openRedisLogSource } from '#engines/redis-log';
import { openSegmentLogSource, openSegmentLogWriter } from '#engines/segment-log';
import type { Log, Logger, LogSource } from '#runtime';
import type { Settings } from './config.ts';

/** How another thread of this process reads it. */
export type LogAccess =
  | { engine: 'segments'; folder: string; shared: SharedArrayBuffer }
  | { engine: 'redis'; url: string; partitions: number };

const MEBIBYTE = 1024 * 1024;

export async function openLog(
  settings: Settings,
  { folder, logger, onFatal }: { folder: string; logger: Logger; onFatal: (why: string) => void },
): Promise<{ log: Log; access: LogAccess }> {
  const maxBytes = settings.LOG_MAX_MIB * MEBIBYTE;
  const { LOG_REDIS_URL: url, LOG_PARTITIONS: partitions } = settings;
  if (url !== undefined) {
    const log = await openRedisLog({
      url,
      partitions,
      maxBytes,
      logger,
      settingsChecked: settings.LOG_REDIS_CHECKED === 'yes',
    });
    return { log, access: { engine: 'redis', url, partitions } };
  }
  const segments = path.join(folder, 'log');
  const log = openSegmentLogWriter({
    folder: segments,
    logger,
    maxBytes,
    reserveBytes: settings.LOG_DISK_RESERVE_MIB * MEBIBYTE,
    onFatal: (error) => onFatal(`the log cannot be flushed to disk: ${error.message}`),
  });
  return { log, access: { engine: 'segments', folder: segments, shared: log.shared } };
}

export async function openLogSource(access: LogAccess, logger: Logger): Promise<LogSource> {
  return access.engine === 'redis'
    ? openRedisLogSource({ ...access, logger })
    : openSegmentLogSource({ ...access, logger });
}
