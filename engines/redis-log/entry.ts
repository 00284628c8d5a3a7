// The one field of a stream's entry: crc32 u32 | record, little-endian. Redis keeps no checksum of its own per entry.
import { crc32 } from 'node:zlib';
import type { LogRecord } from '#contracts';
import { decodeRecord, encodeRecord, recordBytes } from '#runtime';

const HEAD_BYTES = 4;

/** Nothing larger is ever appended. */
export const MAX_ENTRY_BYTES = 16 * 1024 * 1024;

export const entryBytes = (record: LogRecord): number => HEAD_BYTES + recordBytes(record);

export function encodeEntry(record: LogRecord): Buffer {
  const entry = Buffer.allocUnsafe(entryBytes(record));
  encodeRecord(record, entry, HEAD_BYTES);
  entry.writeUInt32LE(crc32(entry.subarray(HEAD_BYTES)), 0);
  return entry;
}

/** null: damaged. */
export function decodeEntry(entry: Buffer): LogRecord | null {
  if (entry.length <= HEAD_BYTES || crc32(entry.subarray(HEAD_BYTES)) !== entry.readUInt32LE(0)) return null;
  return decodeRecord(entry, HEAD_BYTES, entry.length);
}
