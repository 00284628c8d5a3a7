// A platform that no process runs, as a backup sees it.
import * as path from 'node:path';
import { openDuckdbReadings } from '#engines/duckdb';
import type { Logger } from '#runtime';
import { migrate } from '#runtime';
import { isShared, type Settings } from '../config.ts';
import { lockFolder } from '../lock.ts';
import { openLog, openLogSource } from '../log-engine.ts';
import { allTables } from '../tables.ts';
import type { BackupSources } from './make-backup.ts';
import { openSql } from './open-sql.ts';
import { sourcesOf } from './sources.ts';

function fatal(why: string): never {
  throw new Error(why);
}

/** Of a data folder; throws `folder-in-use` while a process runs on it. The tables are brought up to date. */
export async function openStopped(
  folder: string,
  settings: Settings,
  { logger, stack }: { logger: Logger; stack: AsyncDisposableStack },
): Promise<BackupSources> {
  stack.use(lockFolder(folder));
  const sql = await openSql(folder, settings, stack);
  await migrate(sql, allTables);
  const { log, access } = await openLog(settings, { folder, logger, onFatal: fatal });
  stack.use(log);
  const source = stack.use(await openLogSource(access, logger));
  const copyEmbedded = async (file: string): Promise<void> => {
    await using store = await openDuckdbReadings({ file: path.join(folder, 'readings.duckdb') });
    await store.copyTo(file);
  };
  return sourcesOf(settings, { sql, log: source, folder, copyEmbedded, logger });
}

/** Of engines that processes share, whether any runs or not. `folder`: where the exports stand. */
export async function openSharedEngines(
  folder: string | null,
  settings: Settings,
  { logger, stack }: { logger: Logger; stack: AsyncDisposableStack },
): Promise<BackupSources> {
  if (!isShared(settings)) throw new Error('these engines are not shared');
  const sql = await openSql('', settings, stack);
  const { LOG_REDIS_URL, LOG_PARTITIONS } = settings;
  const access = { engine: 'redis', url: LOG_REDIS_URL!, partitions: LOG_PARTITIONS } as const;
  const log = stack.use(await openLogSource(access, logger));
  const copyEmbedded = async (): Promise<never> => fatal('there is no embedded store');
  return sourcesOf(settings, { sql, log, folder, copyEmbedded, logger });
}
