// What a crash leaves: the last segment may end in a torn frame, which was never acknowledged. It is cut off.
import * as fs from 'node:fs';
import * as path from 'node:path';
import { syncFolder } from '#runtime';
import { behindDamage, type Frame, frameAt, mendedFrame, segmentBases, segmentName } from './frames.ts';

/**
 * Walks the frames and returns the end of the last intact one. A damaged frame in the middle (a flipped bit) does not
 * end the walk: what stands behind it was acknowledged and stays.
 */
export function intactEnd(source: Buffer): number {
  let end = 0;
  for (let offset: number | null = 0; offset !== null; ) {
    const found: Frame | null = frameAt(source, offset, source.length);
    const frame: Frame | null = found?.intact ? found : mendedFrame(source, offset, source.length);
    if (frame) end = offset = frame.end;
    else offset = behindDamage(source, offset, source.length);
  }
  return end;
}

function createSegment(folder: string, base: number): void {
  fs.closeSync(fs.openSync(path.join(folder, segmentName(base)), 'a'));
  syncFolder(folder);
}

/**
 * Makes the folder ready for appending; returns the base of the last segment and its length. Behind a tail that was cut a
 * new segment begins where the tail ended: whatever was damaged, the end of the log never goes back.
 */
export function recover(folder: string): { base: number; length: number; cutBytes: number } {
  fs.mkdirSync(folder, { recursive: true });
  const base = segmentBases(fs.readdirSync(folder)).at(-1);
  if (base === undefined) {
    createSegment(folder, 0);
    syncFolder(path.dirname(folder));
    return { base: 0, length: 0, cutBytes: 0 };
  }
  const file = path.join(folder, segmentName(base));
  const source = fs.readFileSync(file);
  const length = intactEnd(source);
  const cutBytes = source.length - length;
  if (cutBytes > 0) createSegment(folder, base + source.length);
  const handle = fs.openSync(file, 'r+');
  try {
    if (cutBytes > 0) fs.ftruncateSync(handle, length);
    // Also when nothing is cut: the process that wrote the last frames may have died before it flushed them.
    fs.fsyncSync(handle);
  } finally {
    fs.closeSync(handle);
  }
  syncFolder(folder);
  return cutBytes === 0 ? { base, length, cutBytes } : { base: base + source.length, length: 0, cutBytes };
}
