// The readings thread: follows the log into the readings store, and answers questions about history.
import * as path from 'node:path';
import { workerData } from 'node:worker_threads';
import { openDuckdbReadings } from '#engines/duckdb';
import { openInfluxReadings } from '#engines/influxdb';
import { openSegmentLogReader } from '#engines/segment-log';
import { keepRefused, makeDecode, type ReadingsStore, type ReadingsWorker, startReadingsWorker } from '#ingest';
import { loadModels, sealForAppliances } from '#registry';
import { type Logger, loadCheckpoint, openClock, type Sql, saveCheckpoint } from '#runtime';
import { openLogger } from '../logger.ts';
import { engineWork } from './engine-work.ts';
import { openRegistry } from './engines.ts';
import { startAndStop } from './life.ts';
import type { MainOffers, ReadingsData, ReadingsOffers, SeriesOffers } from './offers.ts';
import { openTracing } from './tracing.ts';
import { connect } from './wire.ts';

const CONSUMER = 'readings';

const data = workerData as ReadingsData;
const stack = new AsyncDisposableStack();
const logger = openLogger({ folder: data.folder, thread: 'readings', terminalToo: data.terminalToo });
const clock = openClock(data.clock);
let worker: ReadingsWorker;

const main = connect<MainOffers, ReadingsOffers>(data.main, {
  ...startAndStop(stack, async () => {
    const { sql } = await openRegistry(data, stack);
    const store = stack.use(await openStore(sql, logger));
    const log = openSegmentLogReader({ ...data.log, logger });
    stack.defer(() => log.close());
    const tracer = await openTracing(data, 'readings', logger, stack);
    connect<object, SeriesOffers>(data.series, {
      series: (query) => store.series(query),
      readings: (query) => store.readings(query),
    });
    worker = stack.use(
      await startReadingsWorker({
        log,
        store,
        sql,
        decode: makeDecode(loadModels()),
        seal: sealForAppliances,
        downlink: { notify: (appliance, notice) => void main.notify.asEvent(appliance, notice) },
        clock,
        logger,
        tracer,
        passed: (position) => void main.passed.asEvent('readings', position),
      }),
    );
  }),
  position: () => worker.position(),
  flush: () => worker.flush(),
  state: () => ({ position: worker.position(), waiting: worker.waiting(), quarantined: worker.quarantined() }),
});

async function openStore(sql: Sql, log: Logger): Promise<ReadingsStore> {
  const { INFLUX_URL, INFLUX_TOKEN, INFLUX_ORG, INFLUX_BUCKET } = data.settings;
  if (!INFLUX_URL) return openEmbedded(path.join(data.folder, 'readings.duckdb'));
  return openInfluxReadings({
    url: INFLUX_URL,
    token: INFLUX_TOKEN!,
    org: INFLUX_ORG!,
    bucket: INFLUX_BUCKET!,
    checkpoint: { load: () => loadCheckpoint(sql, CONSUMER), save: (next) => saveCheckpoint(sql, CONSUMER, next) },
    refused: (moment, reason) => keepRefused(sql, { moment, reason, receivedAt: clock.now() }, sealForAppliances),
    logger: log,
  });
}

async function openEmbedded(file: string): Promise<ReadingsStore> {
  const run = engineWork(data.engineWork);
  const store = await run(() => openDuckdbReadings({ file }));
  return {
    checkpoint: () => run(() => store.checkpoint()),
    write: (moments, next) => run(() => store.write(moments, next)),
    series: (query) => run(() => store.series(query)),
    readings: (query) => run(() => store.readings(query)),
    [Symbol.asyncDispose]: () => run(async () => store[Symbol.asyncDispose]()),
  };
}
