// A second file with the readings of one moment, made while the first is written; and what can be asked of such a copy.
import { BIGINT, type DuckDBConnection, DuckDBInstance, INTEGER } from '@duckdb/node-api';
import type { Id, Rollup } from '#contracts';
import type { StoredReading } from '#ingest';
import { DAY } from '#runtime';
import { saveProgress } from './progress.ts';
import { storeError } from './store-error.ts';
import { READINGS, READINGS_END, ROLLUPS } from './tables.ts';

/** Whose name stands in a path is no SQL. */
const quoted = (text: string): string => `'${text.replaceAll("'", "''")}'`;

/** All tables as one transaction saw them; writes go on meanwhile. The file must not exist. */
export async function copyTo(instance: DuckDBInstance, file: string): Promise<void> {
  const connection = await instance.connect();
  try {
    const [[name]] = (await connection.runAndReadAll('select current_database()')).getRows() as [[string]];
    await connection.run(`attach ${quoted(file)} as the_copy`);
    try {
      await connection.run(`copy from database "${name}" to the_copy`);
    } finally {
      // Writes all of it into the file and closes it.
      await connection.run('detach the_copy');
    }
  } finally {
    connection.closeSync();
  }
}

export type ReadingsCounts = {
  /** Rows as they stand, table by table. */
  tables: Record<string, number>;
  /** Different (appliance, signal, stamp). */
  readings: number;
  /** Log position behind what is stored. */
  /** Where the log goes on, by partition. */
  progress: number[];
};

/** A file that nobody writes. */
export type ReadingsCopy = AsyncDisposable & {
  counts(): Promise<ReadingsCounts>;
  appliances(): Promise<Id[]>;
  /** All readings of an appliance, by stamp, in pages that end between two stamps. */
  pages(appliance: Id, stamps: number): AsyncIterable<StoredReading[]>;
  /** All roll-ups of an appliance. */
  rollups(appliance: Id): Promise<Rollup[]>;
  /** Days that the appliance has readings of: their begin, epoch ms. */
  days(appliance: Id): Promise<number[]>;
};

class Copy implements ReadingsCopy {
  readonly #instance: DuckDBInstance;
  readonly #connection: DuckDBConnection;

  constructor(instance: DuckDBInstance, connection: DuckDBConnection) {
    this.#instance = instance;
    this.#connection = connection;
  }

  async counts(): Promise<ReadingsCounts> {
    const names = await this.#rows(
      'select table_name from duckdb_tables() where schema_name = current_schema() order by 1',
    );
    const tables: Record<string, number> = {};
    for (const [name] of names) {
      const [row] = await this.#rows(`select count(*) from "${String(name)}"`);
      tables[String(name)] = Number(row![0]);
    }
    const [row] = await this.#rows(
      'select count(*) from (select appliance, signal, stamp from point group by appliance, signal, stamp)',
    );
    const progress: number[] = [];
    for (const [partition, next] of await this.#rows('select partition, next from progress'))
      progress[Number(partition)] = Number(next);
    return { tables, readings: Number(row![0]), progress: Array.from(progress, (next) => next ?? 0) };
  }

  async appliances(): Promise<Id[]> {
    return (await this.#rows('select name from appliance order by id')).map(([name]) => String(name));
  }

  async *pages(appliance: Id, stamps: number): AsyncGenerator<StoredReading[]> {
    const number = await this.#numberOf(appliance);
    const end = BigInt(Number.MAX_SAFE_INTEGER);
    const types = [INTEGER, BIGINT, BIGINT, BIGINT];
    for (let from = 0n; ; ) {
      const bound = await this.#connection.runAndReadAll(READINGS_END, [number, from, end, BigInt(stamps + 1)], types);
      const [count, last] = bound.getRows()[0]! as [bigint, bigint];
      const next = Number(count) > stamps ? last : end;
      const page = await this.#connection.runAndReadAll(READINGS, [number, from, next], types.slice(0, 3));
      const readings = page.getRows().map(
        ([at, signal, value, words]): StoredReading => ({
          at: Number(at),
          signal: String(signal),
          value: value === null ? String(words) : Number(value),
        }),
      );
      if (readings.length > 0) yield readings;
      if (next === end) return;
      from = next;
    }
  }

  async rollups(appliance: Id): Promise<Rollup[]> {
    const span = [await this.#numberOf(appliance), 0n, BigInt(Number.MAX_SAFE_INTEGER)];
    const found = await this.#connection.runAndReadAll(ROLLUPS, span, [INTEGER, BIGINT, BIGINT]);
    return found.getRows().map(([at, signal, ...numbers]) => {
      const [mean, min, max, count, last] = numbers.map(Number) as [number, number, number, number, number];
      return { at: Number(at), signal: String(signal), mean, min, max, count, last };
    });
  }

  async days(appliance: Id): Promise<number[]> {
    const days = `select distinct (stamp // ${DAY}) * ${DAY} from point where appliance = $1 order by 1`;
    const found = await this.#connection.runAndReadAll(days, [await this.#numberOf(appliance)], [INTEGER]);
    return found.getRows().map(([day]) => Number(day));
  }

  async #numberOf(appliance: Id): Promise<number> {
    const found = await this.#connection.runAndReadAll('select id from appliance where name = $1', [appliance]);
    return Number(found.getRows()[0]?.[0] ?? -1);
  }

  async [Symbol.asyncDispose](): Promise<void> {
    this.#connection.closeSync();
    this.#instance.closeSync();
  }

  async #rows(query: string) {
    return (await this.#connection.runAndReadAll(query)).getRows();
  }
}

/** Opens a file that `copyTo` made, for reading alone: nothing of it changes. */
export async function openReadingsCopy(file: string): Promise<ReadingsCopy> {
  try {
    const instance = await DuckDBInstance.create(file, {
      access_mode: 'READ_ONLY',
      threads: '1',
      memory_limit: '512MB',
    });
    return new Copy(instance, await instance.connect());
  } catch (error) {
    throw storeError(error);
  }
}

/** Where the log goes on for readings that were copied; for a file that nobody has open. */
export async function setProgress(file: string, progress: readonly number[]): Promise<void> {
  const instance = await DuckDBInstance.create(file, { threads: '1' });
  const connection = await instance.connect();
  await connection.run('delete from progress');
  for (const [partition, next] of progress.entries()) await saveProgress(connection, partition, next);
  await connection.run('checkpoint');
  connection.closeSync();
  instance.closeSync();
}

export type RollupAppender = AsyncDisposable & { put(appliance: Id, rollups: readonly Rollup[]): Promise<void> };

/** Roll-ups of another store into a file that nobody has open. */
export async function openRollupAppender(file: string): Promise<RollupAppender> {
  const instance = await DuckDBInstance.create(file, { threads: '1' });
  const connection = await instance.connect();
  const numbered = async (table: 'appliance' | 'signal', name: string): Promise<void> => {
    await connection.run(
      `insert into ${table} select (select count(*) from ${table}), $1 where not exists (from ${table} where name = $1)`,
      [name],
    );
  };
  return {
    async put(appliance, rollups) {
      await numbered('appliance', appliance);
      for (const signal of new Set(rollups.map((rollup) => rollup.signal))) await numbered('signal', signal);
      await connection.run(
        `insert into rollup
         select (select id from appliance where name = $1), (select id from signal where name = r.signal),
           r.at, r.mean * r.count, r.min, r.max, r.count, r.last
         from (select unnest(from_json($2, $3), recursive := true)) r`,
        [appliance, JSON.stringify(rollups), ROLLUP_SHAPE],
      );
    },
    async [Symbol.asyncDispose]() {
      await connection.run('checkpoint');
      connection.closeSync();
      instance.closeSync();
    },
  };
}

const ROLLUP_SHAPE = JSON.stringify([
  { signal: 'varchar', at: 'bigint', mean: 'double', min: 'double', max: 'double', count: 'bigint', last: 'double' },
]);
