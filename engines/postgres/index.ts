// The door of engines/postgres: the Sql port and BullMQ's pool, on PGlite in a thread of its own or on a PostgreSQL server.
export { openPglitePool } from './pglite-pool.ts';
export { scrubJournal } from './pglite-scrub.ts';
export { openPgliteSql } from './pglite-sql.ts';
export { type PgliteThread, startPgliteThread } from './pglite-thread.ts';
export { vacuumEach } from './pglite-upkeep.ts';
export { openPostgres, type Postgres } from './postgres-server.ts';
