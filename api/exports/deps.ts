import type { ReadingsStore } from '#ingest';
import type { Clock, Logger, Sql } from '#runtime';

/** What exports and erasure need from the rest of the platform. */
export type ExportDeps = {
  sql: Sql;
  clock: Clock;
  logger: Logger;
  readings: ReadingsStore['readings'];
  rollups: ReadingsStore['rollups'];
  /** Files of exports stand here, sealed. One process makes and serves them. */
  exportFolder: string;
};
