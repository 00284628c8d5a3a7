// Log -> findings. Keeps its state in memory; results and position are one transaction; snapshots bound the replay after a crash.
import { setTimeout } from 'node:timers/promises';
import type { FindingChange, LogRecord } from '#contracts';
import {
  type Jobs,
  type LogBatch,
  type Logger,
  type LogReader,
  loadCheckpoint,
  MINUTE,
  messageOf,
  PlatformError,
  SECOND,
  type Sql,
  type Stage,
} from '#runtime';
import type { Catalogue } from './catalogue.ts';
import { createEvaluator, type Evaluator, snapshotFits, type ToReadings } from './evaluator.ts';
import { DIAGNOSIS_CONSUMER, recordFindings } from './record-findings.ts';
import { readSnapshot, writeSnapshot } from './snapshot-file.ts';

export type DiagnosisWorkerDeps = {
  log: LogReader;
  sql: Sql;
  jobs: Jobs;
  catalogue: Catalogue;
  toReadings: ToReadings;
  logger: Logger;
  snapshotFile: string;
  /** Told after each snapshot that the log before this position is no longer needed here. */
  passed: (position: number) => void;
};

export type DiagnosisWorker = Stage & { position(): number };

const BATCH_BYTES = 512 * 1024;
const IDLE_WAIT_MS = 1 * SECOND;
const COMMIT_AT_LEAST_EVERY_BYTES = 4 * 1024 * 1024;
/** In log time: a position without findings is not worth a transaction each time. */
const COMMIT_IDLE_EVERY_MS = 5 * SECOND;
/** In log time. */
const SNAPSHOT_EVERY_MS = 4 * MINUTE;

/** Going on would take everything new for what was judged long ago, and say nothing of it. */
const logBehindFindings = (end: number, committed: number): PlatformError =>
  new PlatformError(
    'log-behind-findings',
    'fatal',
    `The log ends at ${end}, but findings were made up to ${committed} of it.`,
    {
      hint: 'The log folder was replaced, emptied or restored from an older copy than the database. Put back the one that belongs to it, or begin anew with an empty data folder and database.',
    },
  );

class Worker implements DiagnosisWorker {
  readonly name = 'diagnosis';
  readonly #deps: DiagnosisWorkerDeps;
  readonly #stopping = new AbortController();
  #evaluator: Evaluator;
  #position = 0;
  #committed = 0;
  #snapshotAt = 0;
  #committedAt = 0;
  #loop: Promise<void> = Promise.resolve();

  constructor(deps: DiagnosisWorkerDeps) {
    this.#deps = deps;
    this.#evaluator = createEvaluator(deps);
  }

  async start(): Promise<void> {
    const { log, sql, catalogue, toReadings, snapshotFile, logger } = this.#deps;
    this.#committed = await loadCheckpoint(sql, DIAGNOSIS_CONSUMER);
    if (log.end() < this.#committed) throw logBehindFindings(log.end(), this.#committed);
    const snapshot = readSnapshot(snapshotFile);
    // One ahead of what was committed speaks of another life of the database: the findings count, so replay.
    if (snapshot && snapshot.position <= this.#committed && snapshotFits(snapshot.state, catalogue)) {
      this.#evaluator = createEvaluator({ catalogue, toReadings, snapshot: snapshot.state });
      this.#position = snapshot.position;
    }
    logger.info({ from: this.#position, committed: this.#committed }, 'diagnosis goes on');
    this.#loop = this.#run();
  }

  position(): number {
    return this.#position;
  }

  async [Symbol.asyncDispose](): Promise<void> {
    this.#stopping.abort();
    await this.#loop;
    await this.#leaveSnapshot().catch((error: unknown) => {
      this.#deps.logger.warn(
        { error: messageOf(error) },
        'no snapshot at the stop; the next start replays a little more',
      );
    });
  }

  /** All findings up to here are committed: the loop ends only after a commit, or leaves its batch to the next start. */
  async #leaveSnapshot(): Promise<void> {
    if (this.#position > this.#committed) await recordFindings(this.#deps.sql, [], this.#position);
    this.#writeSnapshot();
  }

  async #run(): Promise<void> {
    const { log, logger } = this.#deps;
    while (!this.#stopping.signal.aborted) {
      try {
        const batch = await log.read(this.#position, BATCH_BYTES);
        if (batch.next === this.#position) await log.wait(this.#position, IDLE_WAIT_MS, this.#stopping.signal);
        else await this.#take(batch);
      } catch (error) {
        logger.error({ error: messageOf(error) }, 'diagnosis met an error and tries again');
        await this.#pause();
      }
    }
  }

  async #take(batch: LogBatch): Promise<void> {
    if (!(await this.#commit(this.#evaluate(batch), batch))) return;
    this.#position = batch.next;
    this.#snapshotWhenDue(batch);
  }

  /** What was committed before a crash is evaluated again for its state, and said only once. */
  #evaluate(batch: LogBatch): FindingChange[] {
    const news: FindingChange[] = [];
    for (const [index, record] of batch.records.entries()) {
      const position = batch.positions[index]!;
      const changes = this.#judge(record, position);
      if (position >= this.#committed) news.push(...changes);
    }
    return news;
  }

  /** One record that cannot be judged must not hold up all that follow it. */
  #judge(record: LogRecord, position: number): FindingChange[] {
    try {
      return this.#evaluator.take(record, position);
    } catch (error) {
      this.#deps.logger.error({ position, kind: record.kind, error: messageOf(error) }, 'a record could not be judged');
      return [];
    }
  }

  /** False when the platform stops before the database took it. */
  async #commit(changes: readonly FindingChange[], batch: LogBatch): Promise<boolean> {
    const at = batch.records.at(-1)?.at ?? 0;
    const behind = batch.next - this.#committed;
    const soon = at - this.#committedAt < COMMIT_IDLE_EVERY_MS && behind < COMMIT_AT_LEAST_EVERY_BYTES;
    if (behind <= 0 || (changes.length === 0 && soon)) return true;
    while (!this.#stopping.signal.aborted) {
      try {
        await recordFindings(this.#deps.sql, changes, batch.next);
        this.#committed = batch.next;
        this.#committedAt = at;
        if (changes.length > 0) await this.#deps.jobs.wake('alerts');
        return true;
      } catch (error) {
        this.#deps.logger.warn({ error: messageOf(error) }, 'findings wait for the database; trying again');
        await this.#pause();
      }
    }
    return false;
  }

  async #pause(): Promise<void> {
    await setTimeout(SECOND, undefined, { signal: this.#stopping.signal }).catch(() => {});
  }

  #snapshotWhenDue(batch: LogBatch): void {
    const at = batch.records.at(-1)?.at ?? 0;
    if (this.#snapshotAt === 0) this.#snapshotAt = at;
    if (at - this.#snapshotAt < SNAPSHOT_EVERY_MS || this.#position > this.#committed) return;
    this.#snapshotAt = at;
    this.#writeSnapshot();
  }

  #writeSnapshot(): void {
    writeSnapshot(this.#deps.snapshotFile, this.#position, this.#evaluator.snapshot());
    this.#deps.passed(this.#position);
  }
}

/** Loads the last snapshot, replays the log from there, and goes on. Throws `log-behind-findings` when the log is not the one it was read from. */
export async function startDiagnosisWorker(deps: DiagnosisWorkerDeps): Promise<DiagnosisWorker> {
  const worker = new Worker(deps);
  await worker.start();
  return worker;
}
