// Readings in one DuckDB file: the rows of a batch and the log position behind it are one transaction.
import { BIGINT, type DuckDBConnection, DuckDBInstance, type DuckDBValue, INTEGER } from '@duckdb/node-api';
import type { Moment, Rollup, SeriesPoint } from '#contracts';
import type { Horizons, ReadingsStore, StoredReading } from '#ingest';
import { oneAtATime, PlatformError } from '#runtime';
import { forget, nextSlice, rollUp, SliceSize } from './age.ts';
import { appendPoints, appendTexts, type Names, withoutRepeats } from './append-points.ts';
import { copyTo } from './copy.ts';
import { DueHours } from './due-hours.ts';
import { keepNamesDurable, makeFolderFor } from './durable-folder.ts';
import { openNameTable } from './name-table.ts';
import { saveProgress } from './progress.ts';
import { openError, storeError } from './store-error.ts';
import {
  COUNT,
  DUE_TABLE,
  HAS_DUE_TABLE,
  READINGS,
  READINGS_END,
  ROLLED_UP,
  ROLLUPS,
  SERIES,
  TABLES,
} from './tables.ts';
import { inTransaction, type OpenAppender } from './transaction.ts';

type DuckdbReadingsOptions = {
  /** The file; it and its folder are made when missing. One process at a time. */
  file: string;
  memoryLimitMb?: number;
};

export type DuckdbReadings = ReadingsStore & {
  /** Makes a second file, which must not exist, with everything as it stands at this moment. Writes go on meanwhile. */
  copyTo(file: string): Promise<void>;
};

type Parts = {
  instance: DuckDBInstance;
  writer: DuckDBConnection;
  reader: DuckDBConnection;
  names: Names;
  due: DueHours;
  committed: () => void;
};

/** So many appliances are counted at a time: the memory limit holds. */
const COUNTED_AT_ONCE = 500;

class Store implements DuckdbReadings {
  readonly #parts: Parts;
  readonly #writes = oneAtATime();
  readonly #reads = oneAtATime();
  readonly #size = new SliceSize();
  readonly #copies = oneAtATime();
  /** Empty after a failed commit: what is durable must then be read again. */
  readonly #checkpoints = new Map<number, number>();
  #closed = false;

  constructor(parts: Parts) {
    this.#parts = parts;
  }

  checkpoint(partition = 0): Promise<number> {
    return this.#do(this.#writes, () => this.#readCheckpoint(partition));
  }

  write(moments: readonly Moment[], next: number, partition = 0): Promise<void> {
    return this.#do(this.#writes, async () => {
      const checkpoint = await this.#readCheckpoint(partition);
      if (next <= checkpoint) return;
      // What lies before the checkpoint was stored with it.
      const fresh = moments.every((m) => m.position >= checkpoint)
        ? moments
        : moments.filter((m) => m.position >= checkpoint);
      await this.#transaction(async (open) => {
        await this.#append(fresh, open);
        await saveProgress(this.#parts.writer, partition, next);
      });
      this.#checkpoints.set(partition, next);
    });
  }

  series(query: Parameters<ReadingsStore['series']>[0]): Promise<SeriesPoint[]> {
    return this.#buckets(SERIES, query);
  }

  rolledUp(query: Parameters<ReadingsStore['rolledUp']>[0]): Promise<SeriesPoint[]> {
    return this.#buckets(ROLLED_UP, query);
  }

  async notRolledUp(query: Parameters<ReadingsStore['notRolledUp']>[0]): ReturnType<ReadingsStore['notRolledUp']> {
    const appliance = this.#parts.names.appliances.find(query.appliance);
    return appliance === null ? [] : this.#parts.due.spansOf(appliance, query.from, query.to);
  }

  rollups({ appliance, from, to }: Parameters<ReadingsStore['rollups']>[0]): Promise<Rollup[]> {
    return this.#do(this.#reads, async () => {
      const number = this.#parts.names.appliances.find(appliance);
      if (number === null) return [];
      const range = [number, BigInt(Math.ceil(from)), BigInt(Math.ceil(to))];
      const found = await this.#parts.reader.runAndReadAll(ROLLUPS, range, [INTEGER, BIGINT, BIGINT]);
      return found.getRows().map(rollupOf);
    });
  }

  count({ appliance, from, to }: Parameters<ReadingsStore['count']>[0]): Promise<number> {
    return this.#do(this.#reads, async () => {
      const { names, reader } = this.#parts;
      const only = appliance === undefined ? undefined : names.appliances.find(appliance);
      if (only === null) return 0;
      const [first, last] = only === undefined ? [0, names.appliances.size - 1] : [only, only];
      const span = [BigInt(Math.ceil(from)), BigInt(Math.ceil(to))];
      let sum = 0;
      for (let low = first; low <= last; low += COUNTED_AT_ONCE) {
        const range = [...span, low, Math.min(last, low + COUNTED_AT_ONCE - 1)];
        const rows = await reader.runAndReadAll(COUNT, range, [BIGINT, BIGINT, INTEGER, INTEGER]);
        sum += Number(rows.getRows()[0]![0]);
      }
      return sum;
    });
  }

  #buckets(question: string, query: Parameters<ReadingsStore['series']>[0]): Promise<SeriesPoint[]> {
    return this.#do(this.#reads, async () => {
      const appliance = this.#parts.names.appliances.find(query.appliance);
      const signal = this.#parts.names.signals.find(query.signal);
      if (appliance === null || signal === null) return [];
      const range = [Math.ceil(query.from), Math.ceil(query.to), query.bucketMs].map(BigInt);
      const types = [INTEGER, INTEGER, BIGINT, BIGINT, BIGINT];
      const found = await this.#parts.reader.runAndReadAll(question, [appliance, signal, ...range], types);
      return found.getRows().map((row) => {
        const [at, mean, min, max, count] = row.map(Number) as [number, number, number, number, number];
        return { at, mean, min, max, count };
      });
    });
  }

  readings({
    appliance,
    from,
    to,
    limit,
  }: Parameters<ReadingsStore['readings']>[0]): ReturnType<ReadingsStore['readings']> {
    return this.#do(this.#reads, async () => {
      const number = this.#parts.names.appliances.find(appliance);
      if (number === null) return { readings: [], next: null };
      const { reader } = this.#parts;
      const [begin, end] = [BigInt(Math.ceil(from)), BigInt(Math.ceil(to))];
      const types = [INTEGER, BIGINT, BIGINT, BIGINT];
      const bound = await reader.runAndReadAll(READINGS_END, [number, begin, end, BigInt(limit + 1)], types);
      const [count, last] = bound.getRows()[0]!.map(Number) as [number, number];
      const next = count > limit ? last : null;
      const until = next === null ? end : BigInt(next);
      const found = await reader.runAndReadAll(READINGS, [number, begin, until], types.slice(0, 3));
      return { readings: found.getRows().map(readingOf), next };
    });
  }

  age(horizons: Horizons): Promise<boolean> {
    return this.#do(this.#writes, async () => {
      const { writer, due } = this.#parts;
      const slice = nextSlice(due, horizons, this.#size);
      if (!slice) return this.#forget(horizons);
      const began = performance.now();
      await this.#transaction(() => rollUp(writer, slice));
      due.done(slice.hour, slice.appliances);
      this.#size.took(performance.now() - began);
      return true;
    });
  }

  copyTo(file: string): Promise<void> {
    return this.#do(this.#copies, () => copyTo(this.#parts.instance, file));
  }

  async [Symbol.asyncDispose](): Promise<void> {
    if (this.#closed) return;
    this.#closed = true;
    const nothing = async () => {};
    await Promise.all([this.#writes(nothing), this.#reads(nothing), this.#copies(nothing)]);
    const { instance, writer, reader } = this.#parts;
    reader.closeSync();
    writer.closeSync();
    instance.closeSync();
  }

  async #do<T>(turn: ReturnType<typeof oneAtATime>, work: () => Promise<T>): Promise<T> {
    if (this.#closed)
      throw new PlatformError('readings-closed', 'retry', 'The readings are closed: the platform stops.');
    try {
      return await turn(work);
    } catch (error) {
      throw storeError(error);
    }
  }

  async #readCheckpoint(partition: number): Promise<number> {
    const known = this.#checkpoints.get(partition);
    if (known !== undefined) return known;
    const rows = await this.#parts.writer.runAndReadAll('select next from progress where partition = $1', [partition]);
    const next = Number(rows.getRows()[0]?.[0] ?? 0);
    this.#checkpoints.set(partition, next);
    return next;
  }

  async #append(moments: readonly Moment[], open: OpenAppender): Promise<void> {
    const { names, due } = this.#parts;
    const points = await open('point');
    const texts = appendPoints(points, withoutRepeats(moments), names);
    points.closeSync();
    if (texts.length > 0) {
      const appender = await open('text');
      appendTexts(appender, texts);
      appender.closeSync();
    }
    await names.appliances.save(open);
    await names.signals.save(open);
    due.mark(moments, names.appliances);
    await due.save(open);
  }

  async #forget(horizons: Horizons): Promise<boolean> {
    let more = false;
    await this.#transaction(async () => {
      more = await forget(this.#parts.writer, horizons);
    });
    return more;
  }

  async #transaction(work: (open: OpenAppender) => Promise<void>): Promise<void> {
    const { writer, names, due, committed } = this.#parts;
    let done = false;
    try {
      await inTransaction(writer, work);
      done = true;
    } finally {
      if (!done) this.#checkpoints.clear();
      names.appliances.settle(done);
      names.signals.settle(done);
      due.settle(done);
    }
    committed();
  }
}

const readingOf = ([at, signal, value, words]: readonly DuckDBValue[]): StoredReading => ({
  at: Number(at),
  signal: String(signal),
  value: value === null ? String(words) : Number(value),
});

function rollupOf(row: readonly DuckDBValue[]): Rollup {
  const [at, signal, ...numbers] = row;
  const [mean, min, max, count, last] = numbers.map(Number) as [number, number, number, number, number];
  return { at: Number(at), signal: String(signal), mean, min, max, count, last };
}

async function makeTables(writer: DuckDBConnection): Promise<void> {
  await inTransaction(writer, async () => {
    await writer.run(TABLES);
    const known = await writer.runAndReadAll(HAS_DUE_TABLE);
    if (known.currentRowCount > 0) return;
    for (const statement of DUE_TABLE) await writer.run(statement);
  });
}

async function prepare(instance: DuckDBInstance, file: string): Promise<Parts> {
  const writer = await instance.connect();
  const reader = await instance.connect();
  await makeTables(writer);
  const committed = keepNamesDurable(file);
  committed();
  const names = {
    appliances: await openNameTable(writer, 'appliance'),
    signals: await openNameTable(writer, 'signal'),
  };
  return { instance, writer, reader, names, due: await DueHours.open(writer), committed };
}

/** Opens the file, made if missing; what was acknowledged before a crash is there. Throws a `fatal` PlatformError when it cannot. */
export async function openDuckdbReadings(options: DuckdbReadingsOptions): Promise<DuckdbReadings> {
  const { file, memoryLimitMb = 512 } = options;
  let instance: DuckDBInstance | undefined;
  try {
    makeFolderFor(file);
    instance = await DuckDBInstance.create(file, {
      threads: '1',
      memory_limit: `${memoryLimitMb}MB`,
      autoinstall_known_extensions: 'false',
    });
    return new Store(await prepare(instance, file));
  } catch (cause) {
    instance?.closeSync();
    throw openError(file, cause);
  }
}
