// Real servers for tests, on free ports of the loopback in temporary folders. `null`: that program is not installed; with
// REQUIRE_ENGINES=1 that is an error, so that a build machine without them cannot pass by leaving them out.
import { describe, it } from 'vitest';
import { type Engine, FINDERS } from './engines-available.ts';
import { type InfluxServer, runInfluxd } from './influxd.ts';
import { type PostgresServer, runPostgres } from './postgres.ts';
import { type RedisOptions, type RedisServer, runRedis } from './redis.ts';
import { type RedisCluster, runRedisCluster } from './redis-cluster.ts';

export type { InfluxServer, PostgresServer, RedisCluster, RedisServer };

export async function startRedis(options: RedisOptions = {}): Promise<RedisServer | null> {
  const program = installed('Redis');
  return program === null ? null : runRedis(program, options);
}

export async function startRedisCluster(): Promise<RedisCluster | null> {
  const program = installed('Redis');
  return program === null ? null : runRedisCluster(program);
}

export async function startPostgres(): Promise<PostgresServer | null> {
  const program = installed('PostgreSQL');
  return program === null ? null : runPostgres(program);
}

export async function startInfluxd(): Promise<InfluxServer | null> {
  const program = installed('InfluxDB');
  return program === null ? null : runInfluxd(program);
}

/** Registers the suite when the engine is installed or required, else one skipped test that says so. */
export function describeEngine(engine: Engine, title: string, suite: () => void): void {
  if (FINDERS[engine]() !== null || required()) describe(`${title} on ${engine}`, suite);
  else it.skip(`${title}: ${engine} not exercised, not installed`, () => {});
}

/** For a suite that `describeEngine` registered. */
export function present<Server>(server: Server | null): Server {
  if (server === null) throw new Error('the server is not installed');
  return server;
}

const required = (): boolean => process.env.REQUIRE_ENGINES === '1';

function installed(engine: Engine): string | null {
  const program = FINDERS[engine]();
  if (program === null && required())
    throw new Error(`${engine} is required here (REQUIRE_ENGINES=1) and not installed`);
  return program;
}
