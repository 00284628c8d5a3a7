// The embedded readings store with its steps.
import { openDuckdbReadings as open } from '../../../engines/duckdb/index.ts';
import { steppingStore } from './stepping-store.ts';

export * from '../../../engines/duckdb/index.ts';

export const openDuckdbReadings: typeof open = async (options) => steppingStore(await open(options));
