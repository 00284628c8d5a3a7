// Tables written as Parquet, read back by another program.
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { type DuckDBConnection, DuckDBInstance, type Json } from '@duckdb/node-api';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { asParquet } from '../../api/exports/parquet.ts';
import { type Cell, rowsOf, type Table } from '../../api/exports/table.ts';

let folder: string;
let database: DuckDBInstance;
let connection: DuckDBConnection;

beforeAll(async () => {
  folder = mkdtempSync(join(tmpdir(), 'stethos-parquet-'));
  database = await DuckDBInstance.create(':memory:');
  connection = await database.connect();
});
afterAll(() => {
  connection.closeSync();
  database.closeSync();
  rmSync(folder, { recursive: true });
});

const query = async (sql: string): Promise<Record<string, Json>[]> =>
  (await connection.runAndReadAll(sql)).getRowObjectsJson();

const COLUMNS: Table['columns'] = [
  ['at', 'time'],
  ['name', 'text'],
  ['value', 'number'],
  ['open', 'boolean'],
];

const table = (rows: Table['rows'], columns = COLUMNS): Table => ({ name: 'table', columns, rows });

/** The path of what was written. */
async function written(of: Table, name: string): Promise<string> {
  const chunks: Uint8Array[] = [];
  for await (const chunk of asParquet(of)) chunks.push(chunk);
  const file = join(folder, `${name}.parquet`);
  writeFileSync(file, Buffer.concat(chunks));
  return file;
}

/** One row a second, of which every third has no name and every seventh no state. */
function* seconds(count: number): Iterable<Cell[]> {
  for (let i = 0; i < count; i++) {
    yield [i * 1000, i % 3 === 0 ? null : `name ${i % 5}`, i / 4, i % 7 === 0 ? null : i % 2 === 0];
  }
}

const groupSizes = async (file: string) =>
  (
    await query(
      `select distinct row_group_id, row_group_num_rows::int as rows from parquet_metadata('${file}') order by 1`,
    )
  ).map(({ rows }) => rows);

describe('a table as Parquet', () => {
  it('has typed columns, in which every cell may be empty', async () => {
    const file = await written(
      table(() => rowsOf([])),
      'columns',
    );
    expect(await query(`select column_name, column_type, "null" from (describe select * from '${file}')`)).toEqual([
      { column_name: 'at', column_type: 'TIMESTAMP', null: 'YES' },
      { column_name: 'name', column_type: 'VARCHAR', null: 'YES' },
      { column_name: 'value', column_type: 'DOUBLE', null: 'YES' },
      { column_name: 'open', column_type: 'BOOLEAN', null: 'YES' },
    ]);
    expect(await query(`select * from '${file}'`)).toEqual([]);
  });

  it('gives back what went in: odd texts, times before 1970, empty cells', async () => {
    const rows: Cell[][] = [
      [0, '', 0, false],
      [-1, '冰箱 🧊 "cold"\n', -1.5e300, true],
      [null, null, null, null],
      [253_402_300_799_999, 'x'.repeat(70_000), Number.MIN_VALUE, null],
    ];
    const file = await written(
      table(() => rowsOf(rows)),
      'odd',
    );
    expect(
      (await query(`select epoch_ms("at")::varchar as at, name, value, open from '${file}'`)).map(
        ({ at, name, value, open }) => [at === null ? null : Number(at), name, value, open],
      ),
    ).toEqual(rows);
  });

  it('may have a column in which nothing stands', async () => {
    const file = await written(
      table(() => rowsOf(Array.from({ length: 40 }, () => [null, null, null, null]))),
      'nothing',
    );
    expect(await query(`select distinct * from '${file}'`)).toEqual([
      { at: null, name: null, value: null, open: null },
    ]);
    expect(await query(`select count(*)::int as rows from '${file}'`)).toEqual([{ rows: 40 }]);
  });

  it('comes in groups, whose rows keep their order and their cells', async () => {
    const file = await written(
      table(() => rowsOf(seconds(45_001))),
      'groups',
    );
    expect(await groupSizes(file)).toEqual([20_000, 20_000, 5001]);
    const [wrong] = await query(
      `with numbered as (select *, file_row_number as i from read_parquet('${file}', file_row_number = true))
       select count(*)::int as rows from numbered where epoch_ms("at") is distinct from i * 1000
         or name is distinct from (case when i % 3 = 0 then null else 'name ' || (i % 5) end)
         or value is distinct from i / 4.0::double
         or open is distinct from (case when i % 7 = 0 then null else i % 2 = 0 end)`,
    );
    expect(wrong).toEqual({ rows: 0 });
    expect(await query(`select count(*)::int as rows from '${file}'`)).toEqual([{ rows: 45_001 }]);
  });

  it('is handed on group by group, while rows are still to come', async () => {
    let taken = 0;
    const counted = async function* () {
      for (const row of seconds(60_000)) {
        taken++;
        yield row;
      }
    };
    const takenAtChunk: number[] = [];
    for await (const _ of asParquet(table(counted))) takenAtChunk.push(taken);
    expect(takenAtChunk).toEqual([20_000, 40_000, 60_000, 60_000]);
  });

  it('ends a group early when its texts are long', async () => {
    const text = 'not JSON '.repeat(2 ** 17);
    const file = await written(
      table(() => rowsOf(Array.from({ length: 20 }, () => [text])), [['payload', 'text']]),
      'long',
    );
    expect(await groupSizes(file)).toEqual([15, 5]);
    expect(await query(`select count(*)::int as rows from '${file}' where payload = '${text}'`)).toEqual([
      { rows: 20 },
    ]);
  });
});
