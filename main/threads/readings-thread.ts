// The readings thread: follows the log into the readings store, and answers questions about history.
import * as path from 'node:path';
import { workerData } from 'node:worker_threads';
import type { Moment } from '#contracts';
import { type DuckdbReadings, openDuckdbReadings } from '#engines/duckdb';
import {
  Ageing,
  dueDays,
  makeDecode,
  type ReadingsStore,
  type ReadingsWorker,
  seriesOf,
  startReadingsWorker,
} from '#ingest';
import { loadModels, sealForAppliances, takeCommandAnswers } from '#registry';
import { type Lease, openClock, PartitionKeeper, SECOND, type Sql, saveCheckpoint } from '#runtime';
import { openLogSource } from '../log-engine.ts';
import { openLogger } from '../logger.ts';
import type { Consumer } from '../trim-log.ts';
import { caughtUp, lagMs } from './consuming.ts';
import { engineWork } from './engine-work.ts';
import { openInflux, openRegistry, READING_ONLY } from './engines.ts';
import { endThread, startAndStop } from './life.ts';
import type { MainOffers, ReadingsData, ReadingsOffers, SeriesOffers } from './offers.ts';
import { openTracing } from './tracing.ts';
import { connect } from './wire.ts';

const CONSUMER: Consumer = 'readings';
/** Of machines that are kept on time by NTP, with room to spare. */
const CLOCKS_DIFFER_MS = 10 * SECOND;

const data = workerData as ReadingsData;
const stack = new AsyncDisposableStack();
const logger = openLogger({ folder: data.folder, thread: 'readings', terminalToo: data.terminalToo });
const clock = openClock(data.clock);
const rules = { rawDays: data.settings.RAW_READINGS_DAYS, rollupDays: data.settings.ROLLUP_DAYS };
let counting: Pick<ReadingsStore, 'count'> | undefined;
let keeper: PartitionKeeper<ReadingsWorker>;
let embedded: DuckdbReadings | null = null;

const main = connect<MainOffers, ReadingsOffers>(data.main, {
  ...startAndStop(stack, async () => {
    const { sql } = await openRegistry(data, stack);
    embedded = data.settings.INFLUX_URL ? null : stack.use(await openEmbedded());
    const ageing = { due: dueDays(sql), clock };
    const store = embedded ?? stack.use(await openInflux(data.settings, logger, { ...READING_ONLY, ageing }));
    counting = store;
    for (const port of data.series)
      connect<object, SeriesOffers>(port, {
        series: (query) => seriesOf({ store, rules, clock }, query),
        readings: (query) => store.readings(query),
        rollups: (query) => store.rollups(query),
        count: (query) => store.count(query),
      });
    const source = stack.use(await openLogSource(data.log, logger));
    const tracer = await openTracing(data, 'readings', logger, stack);
    keeper = stack.use(
      new PartitionKeeper({
        sql,
        consumer: CONSUMER,
        partitions: source.partitions,
        member: data.member,
        logger,
        intruder: endThread,
        open: async (lease) => {
          const refused = (moment: Moment, reason: string): Promise<void> => worker.keepRefused(moment, reason);
          const worker: ReadingsWorker = await startReadingsWorker({
            lease,
            log: source.reader(lease.partition),
            store: embedded ?? (await openInflux(data.settings, logger, writing({ sql, lease, refused }))),
            sql,
            decode: makeDecode(loadModels(), rules.rawDays),
            seal: sealForAppliances,
            answered: (answers) => takeCommandAnswers(sql, answers),
            downlink: { notify: (appliance, notice) => void main.notify.asEvent(appliance, notice) },
            clock,
            logger,
            tracer,
            clocksDifferMs: data.member.alone ? 0 : CLOCKS_DIFFER_MS,
          });
          return worker;
        },
      }),
    );
    await keeper.start();
    const quiet = async (): Promise<boolean> => (await lagMs(keeper.works)) < SECOND;
    void stack.use(new Ageing({ store, rules, clock, logger, quiet })).run();
  }),
  caughtUp: () => caughtUp(keeper.works),
  async flush() {
    for (const worker of keeper.works) await worker.flush();
  },
  count: (query) => counting!.count(query),
  async copyTo(file) {
    await embedded!.copyTo(file);
  },
  async state() {
    const { works } = keeper;
    return {
      partitions: works.length,
      lagMs: await lagMs(works),
      waiting: works.map((worker) => worker.waiting()).find((why) => why !== null) ?? null,
      quarantined: works.reduce((sum, worker) => sum + worker.quarantined(), 0),
    };
  },
});

/** InfluxDB has no transactions: its checkpoint is the row of the lease, and the lease outlasts each of its writes. */
type Writing = Parameters<typeof openInflux>[2];
const writing = ({
  sql,
  lease,
  refused,
}: {
  sql: Sql;
  lease: Lease;
  refused: (moment: Moment, reason: string) => Promise<void>;
}): Writing => ({
  checkpoint: { load: async () => lease.position, save: (next) => saveCheckpoint(sql, lease, next) },
  mayWriteFor: (ms) => lease.good(ms),
  ageing: { due: dueDays(sql), clock },
  refused,
});

async function openEmbedded(): Promise<DuckdbReadings> {
  const run = engineWork(data.engineWork);
  const file = path.join(data.folder, 'readings.duckdb');
  return whileItMay(run, await run(() => openDuckdbReadings({ file })));
}

/** Every call of it is work of the engine. */
const whileItMay = <Store extends object>(run: ReturnType<typeof engineWork>, store: Store): Store =>
  new Proxy(store, {
    get(target, name) {
      const value: unknown = Reflect.get(target, name);
      return typeof value === 'function' ? (...args: unknown[]) => run(async () => value.apply(target, args)) : value;
    },
  });
