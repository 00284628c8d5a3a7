// Second looks on real engines: they wait for the store, and a killed worker that replays the log ends where it was.
import * as fs from 'node:fs';
import * as os from 'node:os';
import * as path from 'node:path';
import { afterAll, beforeAll, expect, it } from 'vitest';
import type { Finding, LogRecord, TelemetryPayload } from '#contracts';
import {
  type DiagnosisWorker,
  diagnosisTables,
  loadCatalogue,
  snapshotFiles,
  startDiagnosisWorker,
} from '#diagnosis-rules';
import { openDuckdbReadings } from '#engines/duckdb';
import { openSegmentLogReader, openSegmentLogWriter } from '#engines/segment-log';
import { ingestTables, makeDecode, momentsOf, type ReadingsStore, startReadingsWorker } from '#ingest';
import { loadModels, registryTables, sealForAppliances } from '#registry';
import {
  factRecord,
  HOUR,
  type Lease,
  type Logger,
  MINUTE,
  manualClock,
  migrate,
  SECOND,
  type Sql,
  takeLease,
} from '#runtime';
import { pgliteDatabase, type TestDatabase } from '../engines/databases.ts';
import { FRIDGE, lifeOf, NOON, toReadings } from './life.ts';

const quiet: Logger = { info() {}, warn() {}, error() {} };
let database: TestDatabase;
beforeAll(async () => {
  database = await pgliteDatabase();
  await migrate(database.sql, [...registryTables, ...ingestTables, ...diagnosisTables]);
});
afterAll(() => database?.[Symbol.asyncDispose]());

const leaseOf = async (sql: Sql, consumer: string): Promise<Lease> =>
  (await takeLease(sql, { consumer, partition: 0 }, { owner: 'test', endless: true }))!;

const stampOf = (record: LogRecord): number =>
  (JSON.parse(Buffer.from(record.body).toString()) as TelemetryPayload).readings[0]!.at!;

/** Measured 12 K too warm. */
function warmer(record: LogRecord): LogRecord {
  const payload = JSON.parse(Buffer.from(record.body).toString()) as TelemetryPayload;
  for (const { values } of payload.readings) values.cabinet_temperature = Number(values.cabinet_temperature) + 12;
  return { ...record, body: Buffer.from(JSON.stringify(payload)) };
}

it('a finding that corrected readings do not bear out is withdrawn once, also when the worker dies right after', async () => {
  const { sql } = database;
  await using stack = new AsyncDisposableStack();
  const folder = fs.mkdtempSync(path.join(os.tmpdir(), 'stethos-looks-'));
  stack.defer(() => fs.rmSync(folder, { recursive: true, force: true }));
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
  const append = (record: LogRecord): Promise<void> =>
    new Promise((resolve, reject) => log.append(record, (error) => (error ? reject(error) : resolve())));
  const store: ReadingsStore = stack.use(await openDuckdbReadings({ file: path.join(folder, 'readings.duckdb') }));
  const { clock } = manualClock(NOON);

  const startReadings = async () =>
    startReadingsWorker({
      lease: await leaseOf(sql, 'readings'),
      log: reader(),
      store,
      sql,
      decode: makeDecode(loadModels()),
      seal: sealForAppliances,
      downlink: { notify() {} },
      clock,
      logger: quiet,
    });
  const startDiagnosis = async (snapshots: string): Promise<DiagnosisWorker> =>
    startDiagnosisWorker({
      lease: await leaseOf(sql, 'diagnosis'),
      log: reader(),
      sql,
      jobs: { wake: async () => {} },
      catalogue: loadCatalogue(),
      toReadings,
      logger: quiet,
      snapshots: snapshotFiles(path.join(folder, snapshots), sql),
      history: (query) => momentsOf(store, query),
      storedBy: 'readings',
      clock,
    });
  const done = async (...workers: { caughtUp(): Promise<boolean> }[]): Promise<void> => {
    for (const worker of workers)
      while (!(await worker.caughtUp())) await new Promise((resolve) => setTimeout(resolve, 5));
  };
  const findings = async (): Promise<[string, Finding['state']][]> =>
    (await sql.query<{ id: string; state: Finding['state'] }>('select id, state from app.finding order by id')).map(
      ({ id, state }) => [id, state],
    );
  const changes = async (): Promise<unknown[]> =>
    sql.query("select id from app.outbox where topic = 'finding' order by position");
  let now = NOON + 3 * HOUR;
  /** At the tick what is due is looked at. */
  const tick = (laterMs = 30 * SECOND): Promise<void> => {
    now += laterMs;
    return append(factRecord('tick', now));
  };

  const isWrong = (record: LogRecord): boolean => record.kind === 'message' && stampOf(record) >= NOON + HOUR;
  const life = lifeOf({ seed: 9, until: NOON + 3 * HOUR });
  for (const record of life) await append(isWrong(record) ? warmer(record) : record);
  const readings = await startReadings();
  const diagnosis = await startDiagnosis('kept');
  await done(readings, diagnosis);
  expect((await findings()).map(([, state]) => state)).toEqual(['open']);

  // The store is asked only for what it has: nothing is looked at before it says that it has passed.
  for (const record of life.filter(isWrong)) await append({ ...record, at: now });
  await readings[Symbol.asyncDispose]();
  await tick();
  await done(diagnosis);
  expect((await findings()).map(([, state]) => state)).toEqual(['open']);

  const again = await startReadings();
  await done(again);
  await again.flush();
  await tick();
  await done(diagnosis);
  expect((await findings()).map(([, state]) => state)).toEqual(['withdrawn']);
  const said = await changes();

  // Killed: it leaves no snapshot. Another replays the whole log, and the look with it.
  const [kept] = await sql.query<{ looked_at: number | null }>('select looked_at from app.late_readings');
  expect(kept!.looked_at).not.toBeNull();
  const second = await startDiagnosis('nothing here');
  await tick();
  await done(second);
  expect([(await findings()).map(([, state]) => state), await changes()]).toEqual([['withdrawn'], said]);
  for (let minute = 0; minute < 5; minute++) await tick(MINUTE);
  await done(second);
  expect(await changes()).toEqual(said);
  // Its snapshot stands behind the look, so nobody has to take it again.
  await second[Symbol.asyncDispose]();
  expect(await sql.query('select 1 from app.late_readings')).toEqual([]);
  await diagnosis[Symbol.asyncDispose]();
  await again[Symbol.asyncDispose]();
  expect(FRIDGE).toBe(life.find(isWrong)!.appliance);
});
