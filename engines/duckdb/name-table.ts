// Appliances and signals repeat in every reading: rows carry a small number instead of the name.
import type { DuckDBConnection } from '@duckdb/node-api';
import type { OpenAppender } from './transaction.ts';

export type NameTable = {
  /** The number of a name; a new name gets the next one. */
  numberOf(name: string): number;
  /** The number of a name that is known; null for a stranger. */
  find(name: string): number | null;
  /** Names so far; their numbers are those below it. */
  readonly size: number;
  /** Writes the new names; part of the caller's transaction. */
  save(open: OpenAppender): Promise<void>;
  /** After the transaction: new names stay when it was committed, and are forgotten when not. */
  settle(committed: boolean): void;
};

/** `table` has the columns `id integer` and `name varchar`; ids count from 0 without a gap. */
export async function openNameTable(connection: DuckDBConnection, table: string): Promise<NameTable> {
  const stored = await connection.runAndReadAll(`select name from ${table} order by id`);
  const numbers = new Map(stored.getRows().map(([name], index) => [String(name), index]));
  let fresh: string[] = [];
  return {
    numberOf(name) {
      const known = numbers.get(name);
      if (known !== undefined) return known;
      const number = numbers.size;
      numbers.set(name, number);
      fresh.push(name);
      return number;
    },
    find: (name) => numbers.get(name) ?? null,
    get size() {
      return numbers.size;
    },
    async save(open) {
      if (fresh.length === 0) return;
      const appender = await open(table);
      for (const name of fresh) {
        appender.appendInteger(numbers.get(name)!);
        appender.appendVarchar(name);
        appender.endRow();
      }
      appender.closeSync();
    },
    settle(committed) {
      if (!committed) for (const name of fresh) numbers.delete(name);
      fresh = [];
    },
  };
}
