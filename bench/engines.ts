// The real engines, started for a bench where they are installed: PostgreSQL and Redis that flush what they acknowledge,
// and InfluxDB.
import { findPostgres, runPostgres } from '../test/servers/postgres.ts';
import { startInfluxd, startRedis } from '../test/servers/servers.ts';

export const engineNames: readonly string[] = [
  'DATABASE_URL',
  'REDIS_URL',
  'LOG_REDIS_URL',
  'INFLUX_URL',
  'INFLUX_TOKEN',
  'INFLUX_ORG',
  'INFLUX_BUCKET',
  'SECRET_PEPPER',
];

/** Settings of the engines that the caller gave; what is not given is embedded. */
export const givenEngines = (): Record<string, string> =>
  Object.fromEntries(
    engineNames.flatMap((name) => (process.env[name] === undefined ? [] : [[name, process.env[name] as string]])),
  );

/** Those that are installed; the others stay embedded. */
export async function startEngines(stack: AsyncDisposableStack): Promise<Record<string, string>> {
  const program = findPostgres();
  const [postgres, jobs, log, influx] = await Promise.all([
    program === null ? null : runPostgres(program, { fsync: 'on' }),
    startRedis(),
    startRedis({ appendOnly: true }),
    startInfluxd(),
  ]);
  for (const server of [postgres, jobs, log, influx]) if (server) stack.use(server);
  return {
    ...(postgres && { DATABASE_URL: postgres.url }),
    ...(jobs && { REDIS_URL: jobs.url }),
    ...(log && { LOG_REDIS_URL: log.url, LOG_PARTITIONS: '4' }),
    ...(influx && {
      INFLUX_URL: influx.url,
      INFLUX_TOKEN: influx.token,
      INFLUX_ORG: influx.org,
      INFLUX_BUCKET: influx.bucket,
    }),
    SECRET_PEPPER: crypto.randomUUID() + crypto.randomUUID(),
  };
}
