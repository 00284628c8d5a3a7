// The embedded readings store on a disk that is busy with something else.
import * as fs from 'node:fs';
import { setTimeout as pause } from 'node:timers/promises';
import { openDuckdbReadings as open } from '../../engines/duckdb/index.ts';

export * from '../../engines/duckdb/index.ts';

const EACH_WRITE_MS = 20_000;
const LOOK_EVERY_MS = 50;

const isSlow = (): boolean => fs.existsSync(process.env.SLOW_STORE_FILE!);

export const openDuckdbReadings: typeof open = async (options) => {
  const store = await open(options);
  const write = store.write.bind(store);
  store.write = async (moments, next) => {
    for (let waited = 0; waited < EACH_WRITE_MS && isSlow(); waited += LOOK_EVERY_MS) await pause(LOOK_EVERY_MS);
    await write(moments, next);
  };
  return store;
};
