// Tables of a backup into an empty database: the tables as they were then, their rows, and what a newer version adds to them.
import * as fs from 'node:fs';
import * as path from 'node:path';
import { type Migration, migrate, PlatformError, type Sql } from '#runtime';
import { type DumpedTable, type sequencesOf, tablesOf } from './dump-tables.ts';

const PAGE_ROWS = 500;

type ForeignKey = { table: string; name: string; definition: string };
type Sequence = Awaited<ReturnType<typeof sequencesOf>>[number];

export type TablesToLoad = {
  /** Each with the folder of its file. */
  tables: readonly (DumpedTable & { folder: string })[];
  sequences: readonly Sequence[];
  /** Names of the migrations that the tables had. */
  migrations: readonly string[];
};

const newerBackup = (unknown: readonly string[]): PlatformError =>
  new PlatformError(
    'backup-of-newer-version',
    'fatal',
    `The backup has tables that this version does not know: ${unknown.join(', ')}.`,
    {
      hint: 'Restore it with the version that made it, or a newer one; the manifest names it.',
    },
  );

/** Throws `target-not-empty` when the database holds tables of the platform. */
export async function refuseFilledDatabase(sql: Sql): Promise<void> {
  const tables = [...(await tablesOf(sql, 'app')), ...(await tablesOf(sql, 'keys'))];
  if (tables.length === 0) return;
  throw new PlatformError(
    'target-not-empty',
    'reject',
    `The database has ${tables.length} tables of a platform already.`,
    {
      hint: 'Restore into an empty database: a restore never mixes two platforms.',
    },
  );
}

/** All or nothing is up to the caller's transaction. The newer tables are made afterwards, by `migrate`. */
export async function loadTables(
  tx: Sql,
  { tables, sequences, migrations }: TablesToLoad,
  all: readonly Migration[],
): Promise<void> {
  const made = await migrate(tx, all, new Set(migrations));
  const unknown = migrations.filter((name) => !made.includes(name));
  if (unknown.length > 0) throw newerBackup(unknown);
  const keys = await foreignKeys(tx);
  for (const { table, name } of keys) await tx.query(`alter table ${table} drop constraint "${name}"`);
  for (const table of tables) await loadTable(tx, table, table.folder);
  for (const { table, name, definition } of keys)
    await tx.query(`alter table ${table} add constraint "${name}" ${definition}`);
  for (const { table, column, next } of sequences) {
    await tx.query('select setval(pg_get_serial_sequence($1, $2), $3::bigint, false)', [table, column, next]);
  }
}

/** Rows come table by table: what they point to may come later. */
const foreignKeys = (tx: Sql): Promise<ForeignKey[]> =>
  tx.query(
    `select conrelid::regclass::text as "table", conname as name, pg_get_constraintdef(c.oid) as definition
       from pg_constraint c join pg_namespace n on n.oid = c.connamespace
      where contype = 'f' and nspname in ('app', 'keys') order by 1, 2`,
  );

export async function loadTable(tx: Sql, { name, columns, file, rows }: DumpedTable, folder: string): Promise<void> {
  const types = await tx.query<{ name: string; type: string }>(
    `select attname as name, format_type(atttypid, atttypmod) as type from pg_attribute
      where attrelid = $1::regclass and attnum > 0 and not attisdropped`,
    [name],
  );
  const typeOf = new Map(types.map((column) => [column.name, column.type]));
  const values = columns.map((column, index) => `(r.line ->> ${index})::${typeOf.get(column)}`).join(', ');
  const statement = `insert into ${name} (${columns.map((column) => `"${column}"`).join(', ')}) overriding system value
    select ${values} from (select l::json as line from unnest($1::text[]) as t (l)) r`;
  // A migration may have put rows of its own.
  await tx.query(`truncate ${name}`);
  let loaded = 0;
  for await (const page of pagesOf(path.join(folder, file))) {
    await tx.query(statement, [page]);
    loaded += page.length;
  }
  if (loaded !== rows) throw new PlatformError('backup-damaged', 'fatal', `${file} holds ${loaded} rows, not ${rows}.`);
}

/** Not by `readline`: it also ends a line where a text holds U+2028. */
async function* linesOf(file: string): AsyncGenerator<string> {
  let rest = '';
  for await (const chunk of fs.createReadStream(file, { encoding: 'utf8', highWaterMark: 1024 * 1024 })) {
    const lines = (rest + chunk).split('\n');
    rest = lines.pop()!;
    yield* lines;
  }
}

/** Each column as text, null for what has no value; in the order of `columns`. */
export async function* tableRows(
  folder: string,
  { file }: Pick<DumpedTable, 'file'>,
): AsyncGenerator<(string | null)[]> {
  for await (const line of linesOf(path.join(folder, file))) yield JSON.parse(line) as (string | null)[];
}

async function* pagesOf(file: string): AsyncGenerator<string[]> {
  let page: string[] = [];
  for await (const line of linesOf(file)) {
    page.push(line);
    if (page.length < PAGE_ROWS) continue;
    yield page;
    page = [];
  }
  if (page.length > 0) yield page;
}

/** By table. */
export async function countRows(sql: Sql, tables: readonly string[]): Promise<Map<string, number>> {
  const counts = new Map<string, number>();
  for (const table of tables) {
    const [row] = await sql.query<{ count: number }>(`select count(*) as count from ${table}`);
    counts.set(table, row!.count);
  }
  return counts;
}
