// Frames of a segment file: length u32 | crc32 u32 | payload. A segment's name is the log position of its first byte.
import { crc32 } from 'node:zlib';
import type { LogRecord } from '#contracts';
import { decodeRecord, encodeRecord, recordBytes } from '#runtime';

export const FRAME_HEAD_BYTES = 8;
/** Nothing larger is ever appended; a larger length in a file is damage. */
export const MAX_FRAME_BYTES = 16 * 1024 * 1024;

const SEGMENT_NAME = /^(\d{16})\.log$/;

export const segmentName = (base: number): string => `${String(base).padStart(16, '0')}.log`;

/** Positions of the first bytes of the segments among these file names, ascending. */
export const segmentBases = (names: readonly string[]): number[] =>
  names
    .map((name) => SEGMENT_NAME.exec(name))
    .filter((match) => match !== null)
    .map((match) => Number(match[1]))
    .sort((a, b) => a - b);

export const frameBytes = (record: LogRecord): number => FRAME_HEAD_BYTES + recordBytes(record);

/** Writes the record as a frame at `offset` of `target`, returns the offset behind it. */
export function encodeFrame(record: LogRecord, target: Buffer, offset: number): number {
  const start = offset + FRAME_HEAD_BYTES;
  const end = encodeRecord(record, target, start);
  target.writeUInt32LE(end - start, offset);
  target.writeUInt32LE(crc32(target.subarray(start, end)), offset + 4);
  return end;
}

export type Frame = { start: number; end: number; intact: boolean };

/**
 * The frame at `offset` of `source[0, limit)`. `end` may lie behind `limit` when the rest is not there;
 * null when not even a head is there or its length cannot be true.
 */
export function frameAt(source: Buffer, offset: number, limit: number): Frame | null {
  if (offset + FRAME_HEAD_BYTES > limit) return null;
  const length = source.readUInt32LE(offset);
  if (length === 0 || length > MAX_FRAME_BYTES) return null;
  const start = offset + FRAME_HEAD_BYTES;
  const end = start + length;
  const intact = end <= limit && crc32(source.subarray(start, end)) === source.readUInt32LE(offset + 4);
  return { start, end, intact };
}

/**
 * The frame at `offset` when a flipped bit in its length is all that is wrong with it; null otherwise. Nothing else is
 * searched for: what looks like a frame inside of another one may have been put there by whoever sent it.
 */
export function mendedFrame(source: Buffer, offset: number, limit: number): Frame | null {
  const start = offset + FRAME_HEAD_BYTES;
  if (start > limit) return null;
  const crc = source.readUInt32LE(offset + 4);
  for (let bit = 0; bit < 32; bit++) {
    const length = (source.readUInt32LE(offset) ^ (1 << bit)) >>> 0;
    const end = start + length;
    if (length === 0 || length > MAX_FRAME_BYTES || end > limit) continue;
    if (crc32(source.subarray(start, end)) === crc) return { start, end, intact: true };
  }
  return null;
}

/** Where to go on behind a frame that is damaged: where it says, when that is the limit or an intact frame; null: unknown. */
export function behindDamage(source: Buffer, offset: number, limit: number): number | null {
  const stated = frameAt(source, offset, limit)?.end;
  if (stated === undefined || stated > limit) return null;
  return stated === limit || frameAt(source, stated, limit)?.intact ? stated : null;
}

export const recordOf = (source: Buffer, frame: Frame): LogRecord => decodeRecord(source, frame.start, frame.end);
