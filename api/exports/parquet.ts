// Tables as Apache Parquet, written as a stream: a database that writes the file would leave it on the disk in plain.
import { gzipSync } from 'node:zlib';
import { ByteWriter, type ColumnSource, ParquetWriter, schemaFromColumnData } from 'hyparquet-writer';
import type { Cell, ColumnType, Table } from './table.ts';

/** A group ends with whichever comes first: together they bound what is held in memory. */
const ROWS_PER_GROUP = 20_000;
const CHARACTERS_PER_GROUP = 16 * 1024 * 1024;

type Value = string | number | bigint | boolean;

const TYPES: Record<ColumnType, { type: NonNullable<ColumnSource['type']>; value: (cell: Cell) => Value }> = {
  text: { type: 'STRING', value: String },
  number: { type: 'DOUBLE', value: Number },
  time: { type: 'TIMESTAMP', value: (cell) => BigInt(Math.round(Number(cell))) },
  boolean: { type: 'BOOLEAN', value: Boolean },
};

export async function* asParquet({ columns, rows }: Table): AsyncIterable<Uint8Array> {
  const bytes = new ByteWriter();
  const file = new ParquetWriter({
    writer: bytes,
    schema: schemaFromColumnData({ columnData: columnsOf(columns, []) }),
    codec: 'GZIP',
    compressors: { GZIP: gzipSync },
    createdBy: 'Stethos',
  });
  for await (const group of inGroups(rows())) {
    await file.write({ columnData: columnsOf(columns, group), rowGroupSize: ROWS_PER_GROUP });
    yield taken(bytes);
  }
  await file.finish();
  yield taken(bytes);
}

const columnsOf = (columns: Table['columns'], group: readonly (readonly Cell[])[]): ColumnSource[] =>
  columns.map(([name, column], index) => {
    const { type, value } = TYPES[column];
    return { name, type, data: group.map((row) => (row[index] === null ? null : value(row[index]!))) };
  });

/** What was written since the last time; the writer still knows how far into the file it is. */
function taken(writer: ByteWriter): Uint8Array {
  const bytes = new Uint8Array(writer.getBuffer());
  writer.index = 0;
  return bytes;
}

async function* inGroups(rows: AsyncIterable<readonly Cell[]>): AsyncIterable<(readonly Cell[])[]> {
  let group: (readonly Cell[])[] = [];
  let characters = 0;
  for await (const row of rows) {
    group.push(row);
    for (const cell of row) if (typeof cell === 'string') characters += cell.length;
    if (group.length < ROWS_PER_GROUP && characters < CHARACTERS_PER_GROUP) continue;
    yield group;
    group = [];
    characters = 0;
  }
  if (group.length > 0) yield group;
}
