// The line from the log to the store on real engines: segment log, DuckDB, the embedded database. Each test has its own
// log and store; one file of tests shares a database.
import * as fs from 'node:fs';
import * as os from 'node:os';
import * as path from 'node:path';
import { type Id, type LogRecord, type Notice, newId } from '#contracts';
import { openDuckdbReadings } from '#engines/duckdb';
import { openSegmentLogReader, openSegmentLogWriter } from '#engines/segment-log';
import { ingestTables, makeDecode, type ReadingsStore, type ReadingsWorkerDeps, startReadingsWorker } from '#ingest';
import { loadModels, registryTables, sealForAppliances } from '#registry';
import { factRecord, type Logger, manualClock, migrate, type Sql, takeLease } from '#runtime';
import { pgliteDatabase, type TestDatabase } from '../engines/databases.ts';

export const NOW = Date.UTC(2026, 2, 2, 9);
export const MODEL = 'stethos-reference-fridge';

export async function openDatabase(open = pgliteDatabase): Promise<TestDatabase> {
  const database = await open();
  await migrate(database.sql, [...registryTables, ...ingestTables]);
  return database;
}

export type Line = Awaited<ReturnType<typeof openLine>>;
type Changes = Partial<Pick<ReadingsWorkerDeps, 'answered' | 'decode' | 'sql'>> & {
  through?: (store: ReadingsStore) => ReadingsStore;
};

export async function openLine(sql: Sql) {
  await using building = new AsyncDisposableStack();
  await sql.query(`truncate app.latest, app.quarantine, app.replay, app.consumer, app.ledger_door_session, app.ledger_door,
    app.ledger_hour, app.ledger_day, app.ledger_refused, app.ledger_kept, app.ledger_past, app.ledger_partition,
    app.ledger_alarm, app.ledger_check`);
  const folder = fs.mkdtempSync(path.join(os.tmpdir(), 'stethos-ingest-'));
  building.defer(() => fs.rmSync(folder, { recursive: true, force: true }));
  const { clock, set } = manualClock(NOW);
  const said: string[] = [];
  const note = (_fields: object, message: string): void => void said.push(message);
  const logger: Logger = { info: () => {}, warn: note, error: note };
  const log = openSegmentLogWriter({
    folder: path.join(folder, 'log'),
    logger,
    onFatal: (error) => {
      throw error;
    },
  });
  building.defer(() => log.close());
  const store = building.use(await openDuckdbReadings({ file: path.join(folder, 'readings.duckdb') }));
  const notices: { appliance: Id; notice: Notice }[] = [];
  const lifetime = building.move();

  /** Starts a worker; ends when it is disposed. */
  async function work(changes: Changes = {}) {
    const reader = openSegmentLogReader({ folder: path.join(folder, 'log'), shared: log.shared, logger });
    const passing = new Set<() => void>();
    const { through, ...more } = changes;
    const lease = await takeLease(sql, { consumer: 'readings', partition: 0 }, { owner: 'line', endless: true });
    const worker = await startReadingsWorker({
      lease: lease!,
      log: reader,
      store: through?.(store) ?? store,
      sql,
      decode: makeDecode(loadModels()),
      seal: sealForAppliances,
      downlink: { notify: (appliance, notice) => void notices.push({ appliance, notice }) },
      clock,
      logger,
      taken: () => {
        for (const check of passing) check();
      },
      ...more,
    });
    let over = false;
    return {
      position: () => worker.position(),
      /** When all that is in the log now has been taken, and what is latest is written. */
      async done(): Promise<void> {
        const end = await reader.end();
        await new Promise<void>((resolve) => {
          const check = (): void => {
            if (worker.position() < end) return;
            passing.delete(check);
            // Notices go out right behind.
            setImmediate(resolve);
          };
          passing.add(check);
          check();
        });
        await worker.flush();
      },
      async [Symbol.asyncDispose]() {
        if (over) return;
        over = true;
        await worker[Symbol.asyncDispose]();
        await reader.close();
      },
    };
  }

  const append = (record: LogRecord): Promise<void> =>
    new Promise((resolve, reject) => log.append(record, (error) => (error ? reject(error) : resolve())));

  return {
    sql,
    log,
    store,
    notices,
    said,
    setClock: set,
    work,
    /** Where the log ends. */
    end: () => Number(Atomics.load(new BigInt64Array(log.shared), 0)),
    appliance: newId(),
    /** The message as the broker gives it to the log. */
    hear: (appliance: Id, body: string | Uint8Array | object, at = clock.now()): Promise<void> =>
      append({
        kind: 'message',
        at,
        appliance,
        channel: 'telemetry',
        model: MODEL,
        body: bytesOf(body),
      }),
    tell: (kind: LogRecord['kind'], appliance: Id | '' = ''): Promise<void> =>
      append(factRecord(kind, clock.now(), appliance)),
    /** What an appliance answered to a command, as the broker gives it to the log. */
    answer: (appliance: Id, command: Id, payload: string): Promise<void> => {
      const body = { command, payload: Buffer.from(payload).toString('base64') };
      const record = { kind: 'command-result', at: clock.now(), appliance, channel: 'commands', model: MODEL } as const;
      return append({ ...record, body: bytesOf(body) });
    },
    /** Stamp and value of each stored reading of the day around now, relative to now. */
    async stored(appliance: Id, signal: string): Promise<[at: number, value: number, count: number][]> {
      const day = 24 * 60 * 60_000;
      const points = await store.series({ appliance, signal, from: NOW - day, to: NOW + day, bucketMs: 1 });
      return points.map(({ at, mean, count }) => [at - NOW, mean, count]);
    },
    [Symbol.asyncDispose]: () => lifetime.disposeAsync(),
  };
}

function bytesOf(body: string | Uint8Array | object): Uint8Array {
  if (body instanceof Uint8Array) return body;
  return Buffer.from(typeof body === 'string' ? body : JSON.stringify(body));
}
