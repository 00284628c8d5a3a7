// The registry's tables as files: one transaction, so that they belong to one moment; page by page, so that memory stays small.
import * as path from 'node:path';
import type { Sql } from '#runtime';
import { DurableFile, type Written } from './durable-file.ts';

/** `columns`: those that have a value of their own, in the order of the row's text. */
export type DumpedTable = { name: string; columns: string[]; rows: number } & Written;
type Sequence = { table: string; column: string; next: number };

const PAGE_ROWS = 500;

/** Of a schema, but those that `without` names. */
export async function tablesOf(tx: Sql, schema: string, without: readonly string[] = []): Promise<string[]> {
  const rows = await tx.query<{ name: string }>(
    `select table_name as name from information_schema.tables
      where table_schema = $1 and table_type = 'BASE TABLE' order by 1`,
    [schema],
  );
  return rows.map(({ name }) => `${schema}.${name}`).filter((name) => !without.includes(name));
}

async function columnsOf(tx: Sql, table: string): Promise<string[]> {
  const rows = await tx.query<{ name: string }>(
    `select attname as name from pg_attribute
      where attrelid = $1::regclass and attnum > 0 and not attisdropped and attgenerated = '' order by attnum`,
    [table],
  );
  return rows.map(({ name }) => name);
}

/**
 * One line per row: the text of each column as PostgreSQL writes it, which is exact for every type, as a JSON array with
 * null for what has no value.
 */
export async function dumpTable(tx: Sql, table: string, folder: string, file: string): Promise<DumpedTable> {
  const columns = await columnsOf(tx, table);
  const out = await DurableFile.create(path.join(folder, file));
  let rows = 0;
  try {
    const texts = columns.map((name) => `"${name}"::text`).join(', ');
    await tx.query(
      `declare backup_rows no scroll cursor for select json_build_array(${texts})::text as line from ${table}`,
    );
    for (;;) {
      const page = await tx.query<{ line: string }>(`fetch ${PAGE_ROWS} from backup_rows`);
      if (page.length === 0) break;
      rows += page.length;
      await out.write(Buffer.from(`${page.map(({ line }) => line).join('\n')}\n`));
    }
    await tx.query('close backup_rows');
  } catch (error) {
    await out.abandon();
    throw error;
  }
  return { name: table, columns, rows, file, ...(await out.end()) };
}

/** Where numbers that the database gives out go on. */
export async function sequencesOf(tx: Sql, tables: readonly string[]): Promise<Sequence[]> {
  const found: Sequence[] = [];
  for (const table of tables) {
    const columns = await tx.query<{ column: string; sequence: string }>(
      `select attname as column, pg_get_serial_sequence($1, attname) as sequence from pg_attribute
        where attrelid = $1::regclass and attnum > 0 and not attisdropped
          and pg_get_serial_sequence($1, attname) is not null`,
      [table],
    );
    for (const { column, sequence } of columns) {
      const [row] = await tx.query<{ next: number }>(
        `select case when is_called then last_value + 1 else last_value end as next from ${sequence}`,
      );
      found.push({ table, column, next: row!.next });
    }
  }
  return found;
}
