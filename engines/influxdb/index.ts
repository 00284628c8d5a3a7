// The door of influxdb: readings kept by InfluxDB 2.
export { appliancesIn } from './appliances.ts';
export { type InfluxReadingsOptions, openInfluxReadings } from './influxdb-readings.ts';
export { openRollupLoad, type RollupLoad } from './load-rollups.ts';
