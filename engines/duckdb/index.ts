// The door of duckdb: readings kept by the embedded engine.
export { type DuckdbReadings, openDuckdbReadings } from './duckdb-readings.ts';
