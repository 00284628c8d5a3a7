// Tables as Apache Parquet, written as a stream: a database that writes the file would leave it on the disk in plain.
// Plain encoding, gzip pages, every column may be null; https://parquet.apache.org/docs/file-format/.
import { gzipSync } from 'node:zlib';
import type { Cell, ColumnType, Table } from './table.ts';
import { binary, i32, i64, list, struct, type Thrift, varint } from './thrift.ts';

const MAGIC = Buffer.from('PAR1');
/** Bounds what is held in memory. */
const ROWS_PER_GROUP = 20_000;

const BOOLEAN = 0;
const INT64 = 2;
const DOUBLE = 5;
const BYTE_ARRAY = 6;
const UTF8 = 0;
const TIMESTAMP_MILLIS = 9;
const OPTIONAL = 1;
const PLAIN = 0;
const RLE = 3;
const GZIP = 2;
const DATA_PAGE = 0;

const TYPES: Record<ColumnType, { physical: number; converted?: number; encode: (cells: readonly Cell[]) => Buffer }> =
  {
    text: { physical: BYTE_ARRAY, converted: UTF8, encode: texts },
    number: { physical: DOUBLE, encode: (cells) => Buffer.from(new Float64Array(cells.map(Number)).buffer) },
    time: {
      physical: INT64,
      converted: TIMESTAMP_MILLIS,
      encode: (cells) => Buffer.from(new BigInt64Array(cells.map((cell) => BigInt(Math.round(Number(cell))))).buffer),
    },
    boolean: { physical: BOOLEAN, encode: (cells) => bits(cells.map(Boolean)) },
  };

function texts(cells: readonly Cell[]): Buffer {
  const parts = cells.flatMap((cell) => {
    const bytes = Buffer.from(String(cell));
    const length = Buffer.alloc(4);
    length.writeUInt32LE(bytes.length);
    return [length, bytes];
  });
  return Buffer.concat(parts);
}

/** Least significant bit first. */
function bits(values: readonly boolean[]): Buffer {
  const bytes = Buffer.alloc(Math.ceil(values.length / 8));
  for (const [index, value] of values.entries()) if (value) bytes[index >> 3]! |= 1 << (index & 7);
  return bytes;
}

/** Which cells are there: one bit each, behind its length in bytes. */
function presence(cells: readonly Cell[]): Buffer {
  const packed = bits(cells.map((cell) => cell !== null));
  const run = Buffer.concat([varint((packed.length << 1) | 1), packed]);
  const length = Buffer.alloc(4);
  length.writeUInt32LE(run.length);
  return Buffer.concat([length, run]);
}

type Chunk = { page: Buffer; plainBytes: number };

function chunkOf(type: ColumnType, cells: readonly Cell[]): Chunk {
  const plain = Buffer.concat([presence(cells), TYPES[type].encode(cells.filter((cell) => cell !== null))]);
  const packed = gzipSync(plain);
  const header = struct([
    [1, i32(DATA_PAGE)],
    [2, i32(plain.length)],
    [3, i32(packed.length)],
    [
      5,
      struct([
        [1, i32(cells.length)],
        [2, i32(PLAIN)],
        [3, i32(RLE)],
        [4, i32(RLE)],
      ]),
    ],
  ]).bytes;
  return { page: Buffer.concat([header, packed]), plainBytes: header.length + plain.length };
}

export async function* asParquet({ columns, rows }: Table): AsyncIterable<Uint8Array> {
  yield MAGIC;
  let offset = MAGIC.length;
  let count = 0;
  const groups: Thrift[] = [];
  for await (const group of inGroups(rows())) {
    const chunks: Thrift[] = [];
    const begin = offset;
    for (const [index, [name, type]] of columns.entries()) {
      const cells = group.map((row) => row[index]!);
      const { page, plainBytes } = chunkOf(type, cells);
      yield page;
      chunks.push(chunkMeta(name, type, { rows: group.length, offset, bytes: page.length, plainBytes }));
      offset += page.length;
    }
    count += group.length;
    groups.push(
      struct([
        [1, list(chunks)],
        [2, i64(offset - begin)],
        [3, i64(group.length)],
      ]),
    );
  }
  const footer = fileMeta(columns, count, groups);
  const length = Buffer.alloc(4);
  length.writeUInt32LE(footer.length);
  yield Buffer.concat([footer, length, MAGIC]);
}

async function* inGroups(rows: AsyncIterable<readonly Cell[]>): AsyncIterable<(readonly Cell[])[]> {
  let group: (readonly Cell[])[] = [];
  for await (const row of rows) {
    group.push(row);
    if (group.length < ROWS_PER_GROUP) continue;
    yield group;
    group = [];
  }
  if (group.length > 0) yield group;
}

type Placed = { rows: number; offset: number; bytes: number; plainBytes: number };

function chunkMeta(name: string, type: ColumnType, { rows, offset, bytes, plainBytes }: Placed): Thrift {
  const meta = struct([
    [1, i32(TYPES[type].physical)],
    [2, list([i32(PLAIN), i32(RLE)])],
    [3, list([binary(name)])],
    [4, i32(GZIP)],
    [5, i64(rows)],
    [6, i64(plainBytes)],
    [7, i64(bytes)],
    [9, i64(offset)],
  ]);
  return struct([
    [2, i64(offset)],
    [3, meta],
  ]);
}

function fileMeta(columns: Table['columns'], rows: number, groups: readonly Thrift[]): Buffer {
  const schema = columns.map(([name, type]) => {
    const { physical, converted } = TYPES[type];
    const kind = converted === undefined ? [] : [[6, i32(converted)] as const];
    return struct([[1, i32(physical)], [3, i32(OPTIONAL)], [4, binary(name)], ...kind]);
  });
  const root = struct([
    [4, binary('schema')],
    [5, i32(columns.length)],
  ]);
  return struct([
    [1, i32(1)],
    [2, list([root, ...schema])],
    [3, i64(rows)],
    [4, groups.length > 0 ? list(groups) : EMPTY_LIST],
    [6, binary('Stethos')],
  ]).bytes;
}

/** Of structs. */
const EMPTY_LIST: Thrift = { type: 9, bytes: Buffer.of(12) };
