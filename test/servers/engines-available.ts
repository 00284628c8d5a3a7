// Which of the real engines are installed here.
import { findInfluxd } from './influxd.ts';
import { findPostgres } from './postgres.ts';
import { findRedis } from './redis.ts';

export const FINDERS = { PostgreSQL: findPostgres, Redis: findRedis, InfluxDB: findInfluxd } as const;
export type Engine = keyof typeof FINDERS;

export const enginesAvailable = (): Record<Engine, boolean> => ({
  PostgreSQL: findPostgres() !== null,
  Redis: findRedis() !== null,
  InfluxDB: findInfluxd() !== null,
});
