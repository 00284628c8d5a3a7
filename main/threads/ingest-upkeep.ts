// What becomes of ingest's rows beside its consumer: replays that were asked for, and the ledger's checks.
import { setTimeout } from 'node:timers/promises';
import { checkCounts, checkStore, forgetLedger, forgetReplays, type ReadingsStore, sweepReplays } from '#ingest';
import { applianceById, openBytes } from '#registry';
import {
  type Clock,
  DAY,
  HOUR,
  type Jobs,
  type Logger,
  type LogWriter,
  MINUTE,
  messageOf,
  oneAtATime,
  SECOND,
  type Sql,
} from '#runtime';

export type IngestUpkeepDeps = {
  sql: Sql;
  log: LogWriter;
  jobs: Jobs;
  clock: Clock;
  logger: Logger;
  count: ReadingsStore['count'];
  rawDays: number;
};

/** The next part of a large replay comes after so long, so that it takes no place of what comes in. */
const NEXT_PART_MS = 1 * SECOND;
const REPLAYS_KEPT_MS = 400 * DAY;
const CHECK_COUNTS_EVERY_MS = 5 * MINUTE;
/** An hour that balanced once balances as long as nobody changes rows by hand. */
const LATELY_MS = 6 * HOUR;
const CHECK_ALL_EVERY_MS = 1 * DAY;
const CHECK_STORE_EVERY_MS = 1 * HOUR;
/** Between two questions to the store. */
const STORE_PAUSE_MS = 20;

export type IngestUpkeep = {
  sweepReplays(): Promise<number>;
  forget(): Promise<void>;
  /** Checks the ledger from now on, until it is disposed. */
  watch(): Disposable;
};

export function openIngestUpkeep(deps: IngestUpkeepDeps): IngestUpkeep {
  const { sql, log, jobs, clock, logger, count, rawDays } = deps;
  const turn = oneAtATime();
  const now = (): number => clock.now();
  const checking = (work: () => Promise<unknown>): void => {
    turn(work).catch((error: unknown) =>
      logger.warn({ error: messageOf(error) }, 'the ledger could not be checked; it is tried again'),
    );
  };
  return {
    async sweepReplays() {
      const open = (subject: string, sealed: Uint8Array) => openBytes(sql, subject, sealed);
      const modelOf = async (id: string) => (await applianceById(sql, id))?.model ?? null;
      const { done, more } = await sweepReplays({ sql, log, open, modelOf }, now());
      if (more) await jobs.wake('replays', NEXT_PART_MS);
      return done;
    },
    async forget() {
      await forgetLedger(sql, now(), { rawDays });
      await forgetReplays(sql, now() - REPLAYS_KEPT_MS);
    },
    watch() {
      const pause = async (): Promise<void> => void (await setTimeout(STORE_PAUSE_MS));
      const stops = [
        clock.every(CHECK_COUNTS_EVERY_MS, () =>
          checking(() => checkCounts({ sql, now }, { since: now() - LATELY_MS })),
        ),
        clock.every(CHECK_ALL_EVERY_MS, () => checking(() => checkCounts({ sql, now }))),
        clock.every(CHECK_STORE_EVERY_MS, () => checking(() => checkStore({ sql, count, now, pause }))),
      ];
      return {
        [Symbol.dispose]() {
          for (const stop of stops) stop();
        },
      };
    },
  };
}
