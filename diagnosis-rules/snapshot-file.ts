// Snapshots of the evaluator on disk: written whole beside the old one, then renamed over it.
import * as fs from 'node:fs';
import * as path from 'node:path';
import { crc32 } from 'node:zlib';

const HEAD_BYTES = 12;

/** `position`: the log position that the state stands at. */
export function writeSnapshot(file: string, position: number, state: Buffer): void {
  const head = Buffer.alloc(HEAD_BYTES);
  head.writeDoubleLE(position, 0);
  head.writeUInt32LE(crc32(state), 8);
  fs.mkdirSync(path.dirname(file), { recursive: true });
  const handle = fs.openSync(`${file}.new`, 'w');
  try {
    fs.writevSync(handle, [head, state]);
    fs.fsyncSync(handle);
  } finally {
    fs.closeSync(handle);
  }
  fs.renameSync(`${file}.new`, file);
}

/** Null when there is none, or it is damaged: then the log is replayed from its oldest record. */
export function readSnapshot(file: string): { position: number; state: Buffer } | null {
  if (!fs.existsSync(file)) return null;
  const bytes = fs.readFileSync(file);
  if (bytes.length < HEAD_BYTES) return null;
  const state = bytes.subarray(HEAD_BYTES);
  return crc32(state) === bytes.readUInt32LE(8) ? { position: bytes.readDoubleLE(0), state } : null;
}
