// The door of duckdb: readings kept by the embedded engine.
export { openReadingsCopy, openRollupAppender, type ReadingsCopy, setProgress } from './copy.ts';
export { type DuckdbReadings, openDuckdbReadings } from './duckdb-readings.ts';
