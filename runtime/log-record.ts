// A log record as bytes: kind u8 | at f64 | appliance (u8 length) | channel (u8 length) | model (u8 length) | body.
import { type LogRecord, RECORD_KINDS } from '#contracts';

const KIND_INDEX = new Map(RECORD_KINDS.map((kind, index) => [kind, index]));
const FIXED_BYTES = 1 + 8 + 3;

export function recordBytes(record: LogRecord): number {
  return FIXED_BYTES + record.appliance.length + record.channel.length + record.model.length + record.body.length;
}

/** Writes the record at `offset` of `target`, returns the offset behind it. The three names are ASCII and at most 255 long. */
export function encodeRecord(record: LogRecord, target: Buffer, offset: number): number {
  target[offset] = KIND_INDEX.get(record.kind)!;
  target.writeDoubleLE(record.at, offset + 1);
  let cursor = offset + 9;
  for (const name of [record.appliance, record.channel, record.model]) {
    target[cursor] = name.length;
    target.write(name, cursor + 1, 'latin1');
    cursor += 1 + name.length;
  }
  target.set(record.body, cursor);
  return cursor + record.body.length;
}

/** The record in `source[start, end)`. The body shares memory with `source`. */
export function decodeRecord(source: Buffer, start: number, end: number): LogRecord {
  const kind = RECORD_KINDS[source[start]!];
  if (kind === undefined) throw new Error(`log record of unknown kind ${source[start]}`);
  const at = source.readDoubleLE(start + 1);
  let cursor = start + 9;
  const name = (): string => {
    const length = source[cursor]!;
    const text = source.toString('latin1', cursor + 1, cursor + 1 + length);
    cursor += 1 + length;
    return text;
  };
  const appliance = name();
  const channel = name();
  const model = name();
  return { kind, at, appliance, channel, model, body: source.subarray(cursor, end) };
}

const NO_BODY = new Uint8Array(0);

/** A record that is not a message: its body is JSON. */
export function factRecord(kind: LogRecord['kind'], at: number, appliance = '', body?: object): LogRecord {
  return { kind, at, appliance, channel: '', model: '', body: body ? Buffer.from(JSON.stringify(body)) : NO_BODY };
}
