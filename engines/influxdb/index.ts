// The door of influxdb: readings kept by InfluxDB 2.
export { type CheckpointRow, type InfluxReadingsOptions, openInfluxReadings } from './influxdb-readings.ts';
