// The log as files of a backup, one for each partition. Frame: length u32 | crc32 u32 | position f64 | record, little-endian.
import * as fs from 'node:fs';
import * as path from 'node:path';
import { crc32 } from 'node:zlib';
import type { LogRecord } from '#contracts';
import { type ConsumerRow, decodeRecord, encodeRecord, type LogSource, PlatformError, recordBytes } from '#runtime';
import { DurableFile, type Written } from './durable-file.ts';

const HEAD_BYTES = 8;
const POSITION_BYTES = 8;
const BATCH_BYTES = 4 * 1024 * 1024;

/** `from` to `end`: log positions. */
export type CopiedPartition = { partition: number; records: number; from: number; end: number } & Written;
export type PlacedRecord = { position: number; record: LogRecord };

function frameOf(record: LogRecord, position: number): Buffer {
  const length = POSITION_BYTES + recordBytes(record);
  const frame = Buffer.allocUnsafe(HEAD_BYTES + length);
  frame.writeDoubleLE(position, HEAD_BYTES);
  encodeRecord(record, frame, HEAD_BYTES + POSITION_BYTES);
  frame.writeUInt32LE(length, 0);
  frame.writeUInt32LE(crc32(frame.subarray(HEAD_BYTES)), 4);
  return frame;
}

/** Records that a consumer may ask for, up to what is durable now. Hold the log meanwhile. */
export async function copyLog(
  source: LogSource,
  consumers: readonly ConsumerRow[],
  folder: string,
): Promise<CopiedPartition[]> {
  const copied: CopiedPartition[] = [];
  for (let partition = 0; partition < source.partitions; partition++) {
    const kept = consumers.filter((row) => row.partition === partition).map(({ keptFrom }) => keptFrom);
    copied.push(await copyPartition(source, partition, kept.length === 0 ? 0 : Math.min(...kept), folder));
  }
  return copied;
}

async function copyPartition(
  source: LogSource,
  partition: number,
  from: number,
  folder: string,
): Promise<CopiedPartition> {
  const reader = source.reader(partition);
  const end = await reader.end();
  const file = `log/partition-${partition}`;
  const out = await DurableFile.create(path.join(folder, file));
  let records = 0;
  let first: number | null = null;
  try {
    for (let position = from; position < end; ) {
      const batch = await reader.read(position, BATCH_BYTES);
      for (const [index, record] of batch.records.entries()) {
        const at = batch.positions[index]!;
        if (at >= end) break;
        first ??= at;
        await out.write(frameOf(record, at));
        records++;
      }
      if (batch.next <= position) break;
      position = batch.next;
    }
  } catch (error) {
    await out.abandon();
    throw error;
  }
  return { partition, records, from: first ?? end, end, file, ...(await out.end()) };
}

const damaged = (file: string): PlatformError =>
  new PlatformError('backup-damaged', 'fatal', `${file} holds a record that is not whole.`);

/** In the order of the log. */
export async function* copiedRecords(folder: string, { file }: { file: string }): AsyncGenerator<PlacedRecord> {
  let rest: Buffer = Buffer.alloc(0);
  for await (const chunk of fs.createReadStream(path.join(folder, file), { highWaterMark: BATCH_BYTES })) {
    const source = rest.length === 0 ? (chunk as Buffer) : Buffer.concat([rest, chunk as Buffer]);
    let offset = 0;
    while (offset + HEAD_BYTES <= source.length) {
      const end = offset + HEAD_BYTES + source.readUInt32LE(offset);
      if (end > source.length) break;
      const start = offset + HEAD_BYTES;
      if (crc32(source.subarray(start, end)) !== source.readUInt32LE(offset + 4)) throw damaged(file);
      yield { position: source.readDoubleLE(start), record: decodeRecord(source, start + POSITION_BYTES, end) };
      offset = end;
    }
    rest = source.subarray(offset);
  }
  if (rest.length > 0) throw damaged(file);
}
