// The diagnosis thread: follows the log, keeps the state of every appliance, leaves findings.
import * as path from 'node:path';
import { workerData } from 'node:worker_threads';
import { type DiagnosisWorker, loadCatalogue, startDiagnosisWorker, type ToReadings } from '#diagnosis-rules';
import { openSegmentLogReader } from '#engines/segment-log';
import { makeDecode } from '#ingest';
import { loadModels } from '#registry';
import { openClock } from '#runtime';
import { openLogger } from '../logger.ts';
import { openJobsOf, openRegistry } from './engines.ts';
import { startAndStop } from './life.ts';
import type { DiagnosisData, DiagnosisOffers, MainOffers } from './offers.ts';
import { openTracing } from './tracing.ts';
import { connect } from './wire.ts';

const data = workerData as DiagnosisData;
const stack = new AsyncDisposableStack();
const logger = openLogger({ folder: data.folder, thread: 'diagnosis', terminalToo: data.terminalToo });
const clock = openClock(data.clock);
const decode = makeDecode(loadModels());
const toReadings: ToReadings = (record, position) => {
  const decoded = decode(record, position);
  return decoded.ok ? decoded.message : null;
};
let worker: DiagnosisWorker;

const main = connect<MainOffers, DiagnosisOffers>(data.main, {
  ...startAndStop(stack, async () => {
    const registry = await openRegistry(data, stack);
    const jobs = await openJobsOf(registry, { clock, logger }, stack);
    const log = openSegmentLogReader({ ...data.log, logger });
    stack.defer(() => log.close());
    const tracer = await openTracing(data, 'diagnosis', logger, stack);
    worker = stack.use(
      await startDiagnosisWorker({
        log,
        sql: registry.sql,
        jobs,
        catalogue: loadCatalogue(),
        toReadings,
        logger,
        tracer,
        snapshotFile: path.join(data.folder, 'snapshots', 'diagnosis'),
        passed: (position) => void main.passed.asEvent('diagnosis', position),
      }),
    );
  }),
  position: () => worker.position(),
});
