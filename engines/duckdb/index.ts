// The door of duckdb: readings kept by the embedded engine.
export { type DuckdbReadings, type DuckdbReadingsOptions, openDuckdbReadings } from './duckdb-readings.ts';
