// Log -> findings. Keeps its state in memory; results and position are one transaction; snapshots bound the replay after a crash.
import type { FindingChange, Id, LogRecord } from '#contracts';
import {
  type Clock,
  DAY,
  type EndSpan,
  type Jobs,
  type Lease,
  type LogBatch,
  LogFollower,
  type Logger,
  type LogReader,
  MINUTE,
  messageOf,
  PlatformError,
  SECOND,
  type Sql,
  type Stage,
  type Tracer,
} from '#runtime';
import type { Catalogue } from './catalogue.ts';
import { keepLevels } from './cohorts/keep-levels.ts';
import { knownCohorts } from './cohorts/known-cohorts.ts';
import { createEvaluator, type Evaluator, type ToReadings } from './evaluator.ts';
import { snapshotFits } from './evaluator-state.ts';
import { keepLate, markLooked, openSince } from './late.ts';
import { recordFindings } from './record-findings.ts';
import type { LateReadings } from './second-look.ts';
import { type History, SecondLooks } from './second-looks.ts';
import type { NeutralCode } from './signals.ts';
import type { Snapshots } from './snapshots.ts';

export type DiagnosisWorkerDeps = {
  /** Of the partition that is worked on, and read by `log`. */
  lease: Lease;
  log: LogReader;
  sql: Sql;
  jobs: Jobs;
  /** Judged as long as no version of a rule was published. */
  /** Judged by until the log says otherwise, where there is no snapshot; `trials`: silently. */
  catalogue: Catalogue;
  trials?: Catalogue;
  toReadings: ToReadings;
  neutralCode?: NeutralCode | undefined;
  logger: Logger;
  tracer?: Tracer | undefined;
  snapshots: Snapshots;
  history: History;
  /** The consumer of the log that stores readings: what came late is judged again once it has passed. */
  storedBy: string;
  clock: Clock;
};

export type DiagnosisWorker = Stage & {
  /** Everything before this log position is judged, and what was found is committed. */
  position(): number;
  /** Everything that is in the log now was taken. */
  caughtUp(): Promise<boolean>;
  /** How old the oldest record is that was not judged yet, ms; 0 when there is none. */
  lagMs(): Promise<number>;
};

const BATCH_BYTES = 512 * 1024;
/** Shorter than anybody would notice of an alert. */
const REST_MS = 20;
const COMMIT_AT_LEAST_EVERY_BYTES = 4 * 1024 * 1024;
/** In log time: a position without findings is not worth a transaction each time. */
const COMMIT_IDLE_EVERY_MS = 5 * SECOND;
/** In log time. */
const SNAPSHOT_EVERY_MS = 4 * MINUTE;
/** In log time. */
const LEVELS_EVERY_MS = 1 * DAY;

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

const whatChanged = (changes: readonly FindingChange[]) => ({
  findings: changes.map(({ finding }) => finding.id),
  changes: changes.map(({ change }) => change),
});

const oldestOfEach = (late: readonly LateReadings[]): LateReadings[] =>
  [...Map.groupBy(late, ({ appliance }) => appliance)].map(([appliance, of]) => ({
    appliance,
    from: Math.min(...of.map(({ from }) => from)),
  }));

type Evaluated = { news: FindingChange[]; late: LateReadings[]; met: Id[]; spans: (() => void)[] };

class Worker implements DiagnosisWorker {
  readonly name = 'diagnosis';
  readonly #deps: DiagnosisWorkerDeps;
  readonly #looks: SecondLooks;
  #evaluator: Evaluator;
  /** Began without a memory: what is open of whom it meets in the replay is not known to it either. */
  #anew = false;
  readonly #metInReplay: Id[] = [];
  #committed = 0;
  #snapshotAt = 0;
  #levelsAt = 0;
  #committedAt = 0;
  #follower!: LogFollower;

  constructor(deps: DiagnosisWorkerDeps) {
    this.#deps = deps;
    this.#evaluator = createEvaluator(deps);
    this.#looks = new SecondLooks(deps);
  }

  async start(): Promise<void> {
    const { log, lease, snapshots, logger, sql } = this.#deps;
    this.#committed = lease.position;
    const end = await log.end();
    if (end < this.#committed) throw logBehindFindings(end, this.#committed);
    let from = 0;
    const snapshot = await snapshots.load(lease);
    // One ahead of what was committed speaks of another life of the database: the findings count, so replay.
    if (snapshot && snapshot.position <= this.#committed && snapshotFits(snapshot.state)) {
      this.#evaluator = createEvaluator({ ...this.#deps, snapshot: snapshot.state });
      from = snapshot.position;
    } else
      this.#evaluator = createEvaluator({
        ...this.#deps,
        cohorts: await knownCohorts(sql),
      });
    this.#anew = from === 0;
    await this.#looks.begin(from);
    logger.info({ partition: lease.partition, from, committed: this.#committed }, 'diagnosis goes on');
    this.#follower = new LogFollower({
      log,
      from,
      batchBytes: BATCH_BYTES,
      restMs: REST_MS,
      logger,
      take: (batch) => this.#take(batch),
    });
  }

  position(): number {
    return this.#follower.position;
  }

  caughtUp(): Promise<boolean> {
    return this.#follower.caughtUp();
  }

  lagMs(): Promise<number> {
    return this.#follower.lagMs(this.#deps.clock.now());
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.#follower.stop();
    if (this.#deps.lease.over) return;
    await this.#leaveSnapshot().catch((error: unknown) => {
      this.#deps.logger.warn(
        { error: messageOf(error) },
        'no snapshot at the stop; the next start replays a little more',
      );
    });
  }

  /** All findings up to here are committed: the loop ends only after a commit, or leaves its batch to the next start. */
  async #leaveSnapshot(): Promise<void> {
    const { position } = this.#follower;
    if (position > this.#committed) await recordFindings(this.#deps.sql, this.#deps.lease, { changes: [], position });
    await this.#writeSnapshot(position);
  }

  async #take(batch: LogBatch): Promise<boolean> {
    const evaluated = await this.#evaluate(batch);
    if (evaluated === null || !(await this.#commit(evaluated, batch))) return false;
    for (const ended of evaluated.spans) ended();
    await this.#lookAgain(batch);
    await this.#snapshotWhenDue(batch);
    return true;
  }

  /** What was committed before a crash is evaluated again for its state, and said only once. */
  async #evaluate(batch: LogBatch): Promise<Evaluated | null> {
    const news: FindingChange[] = [];
    const late: LateReadings[] = [];
    const newlyMet: Id[] = [];
    const spans: (() => void)[] = [];
    for (const [index, record] of batch.records.entries()) {
      const position = batch.positions[index]!;
      if (this.#looks.nextAgainAt <= position && !(await this.#replayLooks(position))) return null;
      const fresh = position >= this.#committed;
      const span = fresh && record.kind === 'message' && this.#begin(record, record.appliance);
      const changes = this.#judge(record, position);
      const cameLate = this.#evaluator.takeLate();
      const met = this.#evaluator.takeMet();
      if (!fresh) {
        if (this.#anew) this.#metInReplay.push(...met);
        continue;
      }
      late.push(...cameLate);
      newlyMet.push(...this.#metInReplay.splice(0), ...met);
      news.push(...changes);
      if (span) spans.push(() => span(whatChanged(changes)));
      else if (changes.length > 0) spans.push(...this.#spansOf(record, changes));
    }
    return { news, late, met: newlyMet, spans };
  }

  /** False when the platform stops before the history could be read: without it the state would be another. */
  async #replayLooks(position: number): Promise<boolean> {
    while (this.#goesOn()) {
      try {
        await this.#looks.takeAgain(this.#evaluator, position);
        return true;
      } catch (error) {
        this.#deps.logger.warn({ error: messageOf(error) }, 'a replay waits for the history of readings');
        await this.#follower.pause(SECOND);
      }
    }
    return false;
  }

  #goesOn(): boolean {
    return !this.#follower.stopping && !this.#deps.lease.over;
  }

  /** Not before everything up to here is committed: what a look finds is said at this place of the log. */
  async #lookAgain(batch: LogBatch): Promise<void> {
    if (batch.next < this.#committed || this.#looks.nextAgainAt < Number.POSITIVE_INFINITY) return;
    const at = batch.records.at(-1)?.at ?? 0;
    await this.#looks.takeDue(this.#evaluator, at, (row, changes) =>
      this.#record({ changes, position: batch.next, also: (tx) => markLooked(tx, row, batch.next) }),
    );
  }

  /** What is found at a tick or an answer begins a trace of its own: no message led to it. */
  #spansOf(record: LogRecord, changes: readonly FindingChange[]): (() => void)[] {
    if (record.kind === 'message') return [];
    return [...Map.groupBy(changes, ({ finding }) => finding.appliance)].flatMap(([appliance, own]) => {
      const span = this.#begin(record, appliance);
      return span ? () => span(whatChanged(own)) : [];
    });
  }

  #begin(record: LogRecord, appliance: Id): EndSpan | null {
    const { tracer } = this.#deps;
    if (!tracer) return null;
    const follows = record.kind === 'message' ? {} : { follows: null };
    return tracer.begin({ step: 'evaluate', heard: { appliance, heardAt: record.at }, ...follows });
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

  /** False when the platform stops before the database took it, or the partition is another's now. */
  async #commit({ news: changes, late, met }: Evaluated, batch: LogBatch): Promise<boolean> {
    const at = batch.records.at(-1)?.at ?? 0;
    const behind = batch.next - this.#committed;
    const soon = at - this.#committedAt < COMMIT_IDLE_EVERY_MS && behind < COMMIT_AT_LEAST_EVERY_BYTES;
    const toKeep = late.length + met.length;
    if (behind <= 0 || (changes.length + toKeep === 0 && soon)) return true;
    // What is open of an appliance that nothing is remembered of goes on from its history.
    const also = async (tx: Sql): Promise<void> => {
      const open = met.length > 0 ? await openSince(tx, met) : [];
      await keepLate(tx, this.#deps.lease, oldestOfEach([...late, ...open]), batch.next);
    };
    if (!(await this.#record({ changes, position: batch.next, ...(toKeep > 0 && { also }) }))) return false;
    this.#committedAt = at;
    return true;
  }

  async #record(what: Parameters<typeof recordFindings>[2]): Promise<boolean> {
    while (this.#goesOn()) {
      try {
        await recordFindings(this.#deps.sql, this.#deps.lease, what);
        this.#committed = what.position;
        if (what.changes.length > 0) await this.#deps.jobs.wake('alerts');
        return true;
      } catch (error) {
        this.#deps.logger.warn({ error: messageOf(error) }, 'findings wait for the database; trying again');
        await this.#follower.pause(SECOND);
      }
    }
    return false;
  }

  /** One that fails costs the next owner a longer replay, and nothing else. */
  async #snapshotWhenDue(batch: LogBatch): Promise<void> {
    const at = batch.records.at(-1)?.at ?? 0;
    if (this.#snapshotAt === 0) this.#snapshotAt = at;
    if (at - this.#snapshotAt < SNAPSHOT_EVERY_MS || batch.next > this.#committed) return;
    this.#snapshotAt = at;
    try {
      await this.#writeSnapshot(batch.next);
    } catch (error) {
      this.#deps.logger.warn({ error: messageOf(error) }, 'no snapshot; the next one is due in a few minutes');
    }
    await this.#keepLevelsWhenDue(at);
  }

  /** Nothing is lost by a round that fails: what was learned is still known tomorrow. */
  async #keepLevelsWhenDue(at: number): Promise<void> {
    if (at - this.#levelsAt < LEVELS_EVERY_MS) return;
    this.#levelsAt = at;
    try {
      await keepLevels(this.#deps.sql, this.#evaluator.levels(), at);
    } catch (error) {
      this.#deps.logger.warn({ error: messageOf(error) }, 'what is usual was not written down; it will be tomorrow');
    }
  }

  async #writeSnapshot(position: number): Promise<void> {
    // A look of the replay that is still to come would be missing in it.
    if (this.#looks.nextAgainAt <= position) return;
    await this.#deps.snapshots.save(this.#deps.lease, position, this.#evaluator.snapshot());
    await this.#looks.forget(position);
  }
}

/** Loads the last snapshot, replays the log from there, and goes on. Throws `log-behind-findings` when the log is not the one it was read from. */
export async function startDiagnosisWorker(deps: DiagnosisWorkerDeps): Promise<DiagnosisWorker> {
  const worker = new Worker(deps);
  await worker.start();
  return worker;
}
