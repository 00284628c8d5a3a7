// InfluxDB as readings store, with its steps.
import { openInfluxReadings as open } from '../../../engines/influxdb/index.ts';
import { steppingStore } from './stepping-store.ts';

export * from '../../../engines/influxdb/index.ts';

export const openInfluxReadings: typeof open = async (options) => steppingStore(await open(options));
