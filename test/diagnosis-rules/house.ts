// Givens for diagnosis on real engines: a segment log, readings in DuckDB, findings in PGlite. Workers come and go.
import * as fs from 'node:fs';
import * as os from 'node:os';
import * as path from 'node:path';
import { vi } from 'vitest';
import type { FindingChange, LogRecord } from '#contracts';
import {
  type Catalogue,
  type DiagnosisWorker,
  deliverRules,
  diagnosisTables,
  loadCatalogue,
  moveVersion,
  snapshotFiles,
  startDiagnosisWorker,
  writeDraft,
} from '#diagnosis-rules';
import { openDuckdbReadings } from '#engines/duckdb';
import { openSegmentLogReader, openSegmentLogWriter } from '#engines/segment-log';
import { ingestTables, makeDecode, momentsOf, type ReadingsWorker, startReadingsWorker } from '#ingest';
import { loadModels, registryTables, sealForAppliances } from '#registry';
import { type Lease, type Logger, manualClock, migrate, type Sql, takeLease } from '#runtime';
import { pgliteDatabase } from '../engines/databases.ts';
import { NOON, toReadings } from './life.ts';

export type House = AsyncDisposable & {
  readonly sql: Sql;
  append(records: readonly LogRecord[]): Promise<void>;
  /** Writes the version, moves it to its place, and lets the log hear of it. */
  publish(text: string, move: 'publish' | 'try', at: number): Promise<void>;
  readings(): Promise<ReadingsWorker>;
  /** `snapshots`: the folder that it begins from, and leaves its snapshot in when it stops in good order. */
  diagnosis(snapshots: string): Promise<DiagnosisWorker & { kill(): Promise<void> }>;
  /** What was said to people, in order. Throws when an error was logged. */
  said(): Promise<FindingChange[]>;
  findings(): Promise<{ id: string; state: string; body: FindingChange['finding'] }[]>;
  trials(): Promise<{ id: string; state: string; version: number }[]>;
};

/** The worker has judged, or stored, everything that is in the log now. */
export async function done(...workers: { caughtUp(): Promise<boolean> }[]): Promise<void> {
  for (const worker of workers) await vi.waitUntil(() => worker.caughtUp(), { timeout: 60_000, interval: 5 });
}

export async function openHouse(catalogue: Catalogue = loadCatalogue()): Promise<House> {
  const stack = new AsyncDisposableStack();
  const errors: string[] = [];
  const quiet: Logger = {
    info() {},
    warn() {},
    error: (details, message) => void errors.push(`${message}: ${JSON.stringify(details)}`),
  };
  const folder = fs.mkdtempSync(path.join(os.tmpdir(), 'stethos-house-'));
  stack.defer(() => fs.rmSync(folder, { recursive: true, force: true }));
  const { sql } = stack.use(await pgliteDatabase());
  await migrate(sql, [...registryTables, ...ingestTables, ...diagnosisTables]);
  const log = stack.use(
    openSegmentLogWriter({
      folder: path.join(folder, 'log'),
      logger: quiet,
      onFatal: (error) => {
        throw error;
      },
    }),
  );
  const reader = () => {
    const opened = openSegmentLogReader({ folder: path.join(folder, 'log'), shared: log.shared, logger: quiet });
    stack.defer(() => opened.close());
    return opened;
  };
  const leaseOf = async (consumer: string): Promise<Lease> =>
    (await takeLease(sql, { consumer, partition: 0 }, { owner: 'test', endless: true }))!;
  const store = stack.use(await openDuckdbReadings({ file: path.join(folder, 'readings.duckdb') }));
  const { clock } = manualClock(NOON);
  return {
    sql,
    async append(records) {
      for (const record of records) {
        await new Promise<void>((resolve, reject) =>
          log.append(record, (error) => (error ? reject(error) : resolve())),
        );
      }
    },
    async publish(text, move, now) {
      await sql.transaction(async (tx) => {
        const by = { note: 'why', author: null, by: null, now };
        const draft = await writeDraft(tx, { ...by, text, source: 'written' });
        await moveVersion(tx, { ...by, ...draft, move });
      });
      await deliverRules({ sql, log }, now);
    },
    readings: async () =>
      startReadingsWorker({
        lease: await leaseOf('readings'),
        log: reader(),
        store,
        sql,
        decode: makeDecode(loadModels()),
        seal: sealForAppliances,
        downlink: { notify() {} },
        clock,
        logger: quiet,
      }),
    diagnosis: async (snapshots) => {
      const lease = await leaseOf('diagnosis');
      const worker = await startDiagnosisWorker({
        lease,
        log: reader(),
        sql,
        jobs: { wake: async () => {} },
        catalogue,
        toReadings,
        logger: quiet,
        snapshots: snapshotFiles(path.join(folder, snapshots), sql),
        history: (query) => momentsOf(store, query),
        storedBy: 'readings',
        clock,
      });
      return Object.assign(worker, {
        kill: async () => {
          lease.end();
          await worker[Symbol.asyncDispose]();
        },
      });
    },
    async said() {
      if (errors.length > 0) throw new Error(errors[0]);
      const rows = await sql.query<{ body: FindingChange }>(
        "select body from app.outbox where topic = 'finding' order by position",
      );
      return rows.map(({ body }) => body);
    },
    findings: () => sql.query('select id, state, body from app.finding order by id'),
    trials: () => sql.query('select id, state, version from app.trial_finding order by version, id'),
    [Symbol.asyncDispose]: () => stack.disposeAsync(),
  };
}
