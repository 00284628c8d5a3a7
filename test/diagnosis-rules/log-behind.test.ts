// A worker that finds a log shorter than what it has judged says so, and does not begin.
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, it } from 'vitest';
import { diagnosisTables, loadCatalogue, snapshotFiles, startDiagnosisWorker } from '#diagnosis-rules';
import { openSegmentLogReader, openSegmentLogWriter } from '#engines/segment-log';
import { type Logger, manualClock, migrate, saveCheckpoint, takeLease } from '#runtime';
import { pgliteDatabase } from '../engines/databases.ts';

const quiet: Logger = { info() {}, warn() {}, error() {} };

it('a log that ends before the findings is refused', async () => {
  await using stack = new AsyncDisposableStack();
  const folder = mkdtempSync(join(tmpdir(), 'stethos-diagnosis-'));
  stack.defer(() => rmSync(folder, { recursive: true, force: true }));
  const { sql } = stack.use(await pgliteDatabase());
  await migrate(sql, [...diagnosisTables]);
  const logFolder = join(folder, 'log');
  const log = openSegmentLogWriter({
    folder: logFolder,
    logger: quiet,
    onFatal: (error) => {
      throw error;
    },
  });
  stack.defer(() => log.close());
  const reader = openSegmentLogReader({ folder: logFolder, shared: log.shared, logger: quiet });
  stack.defer(() => reader.close());
  const take = async () =>
    (await takeLease(sql, { consumer: 'diagnosis', partition: 0 }, { owner: 'a', endless: true }))!;
  const deps = async () => ({
    lease: await take(),
    log: reader,
    sql,
    jobs: { wake: async () => {} },
    catalogue: loadCatalogue(),
    toReadings: () => null,
    logger: quiet,
    snapshots: snapshotFiles(join(folder, 'snapshots'), sql),
    history: async () => [],
    storedBy: 'readings',
    clock: manualClock(0).clock,
  });
  await (await startDiagnosisWorker(await deps()))[Symbol.asyncDispose]();
  await saveCheckpoint(sql, await take(), 1_000_000);
  await expect(startDiagnosisWorker(await deps())).rejects.toMatchObject({
    code: 'log-behind-findings',
    kind: 'fatal',
  });
});
