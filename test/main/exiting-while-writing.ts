// A program that ends with code 70 while its other thread writes readings without a pause.
import { once } from 'node:events';
import * as path from 'node:path';
import { isMainThread, parentPort, Worker, workerData } from 'node:worker_threads';
import { openDuckdbReadings } from '#engines/duckdb';
import { endEngineWork, engineWork, newEngineWork } from '../../main/threads/engine-work.ts';

async function writeForEver({ folder, work }: { folder: string; work: SharedArrayBuffer }): Promise<never> {
  const run = engineWork(work);
  const store = await run(() => openDuckdbReadings({ file: path.join(folder, 'readings.duckdb') }));
  const readings = [{ signal: 'cabinet_temperature', value: 4 }];
  for (let position = 0; ; position++) {
    const moment = { appliance: 'a', kind: 'refrigerator', at: position, position, readings };
    await run(() => store.write([moment as never], position + 1));
    if (position === 5) parentPort!.postMessage('writing');
  }
}

async function endInTheMiddle(): Promise<void> {
  const work = newEngineWork();
  process.once('exit', () => endEngineWork(work, 10_000));
  const writer = new Worker(new URL(import.meta.url), { workerData: { folder: process.argv[2], work } });
  await once(writer, 'message');
  process.exit(70);
}

void (isMainThread ? endInTheMiddle() : writeForEver(workerData as Parameters<typeof writeForEver>[0]));
