// The backtest thread: rules are tried on history here, so that nobody who judges, stores or answers waits for it.
import { workerData } from 'node:worker_threads';
import { forgetBacktests, openBacktests } from '#diagnosis-rules';
import { startJobsWorker } from '#engines/bullmq';
import { momentsOf } from '#ingest';
import { loadModels, neutralCode } from '#registry';
import { DAY, HOUR, messageOf, openClock, SECOND } from '#runtime';
import { openLogger } from '../logger.ts';
import { openInflux, openRegistry } from './engines.ts';
import { heardOf } from './heard.ts';
import { startAndStop } from './life.ts';
import type { BacktestData, BacktestOffers, MainOffers, SeriesOffers } from './offers.ts';
import { connect } from './wire.ts';

/** Stands behind the queue: finds what a lost wake-up left, and what a process that died began. */
const SWEEP_EVERY_MS = 5 * SECOND;
const KEPT_MS = 365 * DAY;

const data = workerData as BacktestData;
const stack = new AsyncDisposableStack();
const logger = openLogger({ folder: data.folder, thread: 'backtest', terminalToo: data.terminalToo });
const clock = openClock(data.clock);

const notNow = (error: unknown): void =>
  logger.warn({ error: messageOf(error) }, 'backtests were not looked after; the next sweep does');

connect<MainOffers, BacktestOffers>(
  data.main,
  startAndStop(stack, async () => {
    const registry = await openRegistry(data, stack);
    const { sql } = registry;
    const store = data.series
      ? connect<SeriesOffers, object>(data.series, {})
      : stack.use(await openInflux(data.settings, logger));
    const backtests = stack.use(
      openBacktests({
        sql,
        clock,
        logger,
        owner: data.member.id,
        history: (query) => momentsOf(store, query),
        heard: heardOf(sql),
        neutralCode,
        kindOf: (model) => loadModels().get(model)?.kind ?? null,
      }),
    );
    // Nobody waits for the end of one.
    const begin = async (): Promise<void> => {
      backtests.sweep().catch(notNow);
    };
    stack.use(
      await startJobsWorker({ connection: registry.jobsConnection, stages: ['diagnosis'], run: begin, logger }),
    );
    stack.defer(clock.every(SWEEP_EVERY_MS, () => void begin()));
    const forget = (): void => void forgetBacktests(sql, clock.now() - KEPT_MS).catch(notNow);
    stack.defer(clock.every(HOUR, forget));
    await begin();
  }),
);
