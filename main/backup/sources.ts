// What a backup copies, on the engines that the settings name.
import * as fs from 'node:fs';
import * as path from 'node:path';
import type { Id, Moment } from '#contracts';
import { SIGNALS } from '#contracts';
import { openDuckdbReadings, openRollupAppender } from '#engines/duckdb';
import { appliancesIn } from '#engines/influxdb';
import type { ReadingsStore } from '#ingest';
import type { Logger, LogSource, Sql } from '#runtime';
import type { Settings } from '../config.ts';
import { openInflux } from '../threads/engines.ts';
import type { BackupSources } from './make-backup.ts';

const PRODUCT = (
  JSON.parse(fs.readFileSync(path.join(import.meta.dirname, '..', '..', 'package.json'), 'utf8')) as { version: string }
).version;

const PAGE_READINGS = 5_000;
const FOR_EVER = Date.UTC(2200, 0);

export function sourcesOf(
  settings: Settings,
  deps: {
    sql: Sql;
    log: LogSource;
    folder: string | null;
    copyEmbedded: (file: string) => Promise<void>;
    logger: Logger;
  },
): BackupSources {
  const { sql, log, folder, copyEmbedded, logger } = deps;
  return {
    product: PRODUCT,
    engines: {
      registry: settings.DATABASE_URL ? 'postgresql' : 'pglite',
      log: settings.LOG_REDIS_URL ? 'redis' : 'segments',
      readings: settings.INFLUX_URL ? 'influxdb' : 'duckdb',
    },
    sql,
    log,
    folder,
    copyReadings: settings.INFLUX_URL ? (file) => copyFromInflux(settings, file, logger) : copyEmbedded,
  };
}

/** Appliance by appliance, page by page: what comes meanwhile may be in it or not, and is taken again from the log. */
async function copyFromInflux(settings: Settings, file: string, logger: Logger): Promise<void> {
  const { INFLUX_URL, INFLUX_TOKEN, INFLUX_ORG, INFLUX_BUCKET } = settings;
  const place = { url: INFLUX_URL!, token: INFLUX_TOKEN!, org: INFLUX_ORG!, bucket: INFLUX_BUCKET! };
  await using from = await openInflux(settings, logger);
  const appliances = await appliancesIn(place);
  await copyRaw(from, file, appliances);
  await using rollups = await openRollupAppender(file);
  for (const appliance of appliances) {
    await rollups.put(appliance, await from.rollups({ appliance, from: 0, to: FOR_EVER }));
  }
}

async function copyRaw(from: ReadingsStore, file: string, appliances: readonly Id[]): Promise<void> {
  await using to = await openDuckdbReadings({ file });
  let batch = 0;
  for (const appliance of appliances) {
    for (let begin: number | null = 0; begin !== null; ) {
      const page = await from.readings({ appliance, from: begin, to: FOR_EVER, limit: PAGE_READINGS });
      batch++;
      const moments = [...Map.groupBy(page.readings, ({ at }) => at)].map(
        ([at, readings]): Moment => ({
          appliance,
          kind: 'refrigerator',
          at,
          position: batch,
          readings: readings.map(({ signal, value }) => ({ signal, value, mapped: SIGNALS.has(signal) })),
        }),
      );
      if (moments.length > 0) await to.write(moments, batch + 1);
      begin = page.next;
    }
  }
}
