// Thrift's compact protocol, as much of it as the metadata of Parquet needs.
const I32 = 5;
const I64 = 6;
const BINARY = 8;
const LIST = 9;
const STRUCT = 12;

/** A value with its type in Thrift. */
export type Thrift = { type: number; bytes: Buffer };

function varint(value: number): Buffer {
  const bytes: number[] = [];
  let rest = value;
  // Not by bit operators: sizes of files pass 32 bits.
  while (rest >= 128) {
    bytes.push((rest % 128) + 128);
    rest = Math.floor(rest / 128);
  }
  return Buffer.from([...bytes, rest]);
}

/** Zigzag; only numbers from 0 on stand in these metadata. */
const whole = (value: number): Buffer => varint(value * 2);

export const i32 = (value: number): Thrift => ({ type: I32, bytes: whole(value) });
export const i64 = (value: number): Thrift => ({ type: I64, bytes: whole(value) });

export function binary(text: string): Thrift {
  const bytes = Buffer.from(text);
  return { type: BINARY, bytes: Buffer.concat([varint(bytes.length), bytes]) };
}

/** All of one type; never empty here. */
export function list(items: readonly Thrift[]): Thrift {
  const type = items[0]!.type;
  const head = items.length < 15 ? Buffer.of((items.length << 4) | type) : Buffer.of(0xf0 | type);
  const size = items.length < 15 ? Buffer.alloc(0) : varint(items.length);
  return { type: LIST, bytes: Buffer.concat([head, size, ...items.map((item) => item.bytes)]) };
}

/** Fields by their number, ascending, at most 15 apart. */
export function struct(fields: readonly (readonly [id: number, value: Thrift])[]): Thrift {
  let last = 0;
  const parts = fields.map(([id, { type, bytes }]) => {
    const head = Buffer.of(((id - last) << 4) | type);
    last = id;
    return Buffer.concat([head, bytes]);
  });
  return { type: STRUCT, bytes: Buffer.concat([...parts, Buffer.of(0)]) };
}

export { varint };
