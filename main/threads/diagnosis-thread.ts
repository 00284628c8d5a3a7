// The diagnosis thread: follows the log, keeps the state of every appliance, leaves findings.
import * as path from 'node:path';
import { workerData } from 'node:worker_threads';
import {
  type DiagnosisWorker,
  judgedRules,
  snapshotFiles,
  snapshotRows,
  startDiagnosisWorker,
  type ToReadings,
} from '#diagnosis-rules';
import { makeDecode, momentsOf } from '#ingest';
import { loadModels, neutralCode } from '#registry';
import { openClock, PartitionKeeper } from '#runtime';
import { openLogSource } from '../log-engine.ts';
import { openLogger } from '../logger.ts';
import type { Consumer } from '../trim-log.ts';
import { caughtUp, lagMs } from './consuming.ts';
import { openInflux, openJobsOf, openRegistry } from './engines.ts';
import { endThread, startAndStop } from './life.ts';
import type { DiagnosisData, DiagnosisOffers, MainOffers, SeriesOffers } from './offers.ts';
import { openTracing } from './tracing.ts';
import { connect } from './wire.ts';

const CONSUMER: Consumer = 'diagnosis';

const data = workerData as DiagnosisData;
const stack = new AsyncDisposableStack();
const logger = openLogger({ folder: data.folder, thread: 'diagnosis', terminalToo: data.terminalToo });
const clock = openClock(data.clock);
const decode = makeDecode(loadModels(), data.settings.RAW_READINGS_DAYS);
const toReadings: ToReadings = (record, position) => {
  const decoded = decode(record, position);
  return decoded.ok ? decoded.message : null;
};
let keeper: PartitionKeeper<DiagnosisWorker>;

connect<MainOffers, DiagnosisOffers>(data.main, {
  ...startAndStop(stack, async () => {
    const registry = await openRegistry(data, stack);
    const jobs = await openJobsOf(registry, { clock, logger }, stack);
    const source = stack.use(await openLogSource(data.log, logger));
    const tracer = await openTracing(data, 'diagnosis', logger, stack);
    const { sql } = registry;
    const snapshots = data.member.alone ? snapshotFiles(path.join(data.folder, 'snapshots'), sql) : snapshotRows(sql);
    const store = data.series
      ? connect<SeriesOffers, object>(data.series, {})
      : stack.use(await openInflux(data.settings, logger));
    keeper = stack.use(
      new PartitionKeeper({
        sql,
        consumer: CONSUMER,
        partitions: source.partitions,
        member: data.member,
        logger,
        intruder: endThread,
        open: async (lease) =>
          startDiagnosisWorker({
            ...(await judgedRules(sql, logger)),
            lease,
            log: source.reader(lease.partition),
            sql,
            jobs,
            toReadings,
            neutralCode,
            logger,
            tracer,
            snapshots,
            history: (query) => momentsOf(store, query),
            storedBy: 'readings' satisfies Consumer,
            clock,
          }),
      }),
    );
    await keeper.start();
  }),
  caughtUp: () => caughtUp(keeper.works),
  state: async () => ({ partitions: keeper.works.length, lagMs: await lagMs(keeper.works) }),
});
