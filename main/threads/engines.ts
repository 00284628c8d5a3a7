// Which engine stands behind a port is decided by its URL alone.
import { type OpenJobs, openJobs } from '#engines/bullmq';
import { type InfluxReadingsOptions, openInfluxReadings } from '#engines/influxdb';
import { openPglitePool, openPgliteSql, openPostgres } from '#engines/postgres';
import type { ReadingsStore } from '#ingest';
import { type Clock, type Logger, PlatformError, type Sql } from '#runtime';
import type { Settings } from '../config.ts';
import type { ThreadData } from './offers.ts';

type JobsConnection = Parameters<typeof openJobs>[0]['connection'];

export type Registry = { sql: Sql; jobsConnection: JobsConnection };

/** The registry's database and where BullMQ lives; both are closed by the stack. */
export async function openRegistry(
  data: Pick<ThreadData, 'settings' | 'database'>,
  stack: AsyncDisposableStack,
): Promise<Registry> {
  const { DATABASE_URL, REDIS_URL } = data.settings;
  if (DATABASE_URL) {
    const postgres = stack.use(await openPostgres({ url: DATABASE_URL }));
    return { sql: postgres.sql, jobsConnection: REDIS_URL ? { redisUrl: REDIS_URL } : { pool: postgres.pool } };
  }
  const sql = stack.use(openPgliteSql(data.database!.sql));
  if (REDIS_URL) return { sql, jobsConnection: { redisUrl: REDIS_URL } };
  return { sql, jobsConnection: { pool: openPglitePool(data.database!.jobs) } };
}

export async function openJobsOf(
  registry: Registry,
  deps: { clock: Clock; logger: Logger },
  stack: AsyncDisposableStack,
): Promise<OpenJobs> {
  return stack.use(await openJobs({ connection: registry.jobsConnection, ...deps }));
}

type Writing = Pick<InfluxReadingsOptions, 'checkpoint' | 'refused' | 'mayWriteFor' | 'ageing'>;

export const READING_ONLY: Writing = {
  checkpoint: { load: async () => 0, save: refuseToWrite },
  refused: refuseToWrite,
};

async function refuseToWrite(): Promise<never> {
  throw new PlatformError('reads-only', 'fatal', 'This part of the platform only reads the readings.');
}

/** The settings say that readings are kept in InfluxDB. */
export async function openInflux(
  { INFLUX_URL, INFLUX_TOKEN, INFLUX_ORG, INFLUX_BUCKET }: Settings,
  logger: Logger,
  writing: Writing = READING_ONLY,
): Promise<ReadingsStore> {
  const where = { url: INFLUX_URL!, token: INFLUX_TOKEN!, org: INFLUX_ORG!, bucket: INFLUX_BUCKET! };
  return openInfluxReadings({ ...where, ...writing, logger });
}
