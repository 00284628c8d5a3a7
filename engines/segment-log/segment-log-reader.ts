// The reading end: follows the files of the writer, in any thread, up to the durable end that the writer shares.
import * as fs from 'node:fs/promises';
import * as path from 'node:path';
import type { LogBatch, Logger, LogReader, LogSource } from '#runtime';
import {
  behindDamage,
  FRAME_HEAD_BYTES,
  frameAt,
  MAX_FRAME_BYTES,
  mendedFrame,
  recordOf,
  segmentBases,
  segmentName,
} from './frames.ts';

type Segment = { base: number; next: number | null; handle: fs.FileHandle };

class Reader implements LogReader {
  readonly #folder: string;
  readonly #end: BigInt64Array;
  readonly #logger: Logger;
  #segment: Segment | undefined;

  constructor(options: { folder: string; shared: SharedArrayBuffer; logger: Logger }) {
    this.#folder = options.folder;
    this.#end = new BigInt64Array(options.shared);
    this.#logger = options.logger;
  }

  async end(): Promise<number> {
    return this.#durableEnd();
  }

  async wait(position: number, timeoutMs: number, signal?: AbortSignal): Promise<void> {
    const end = Atomics.load(this.#end, 0);
    if (Number(end) > position || signal?.aborted) return;
    const waiting = Atomics.waitAsync(this.#end, 0, end, timeoutMs);
    if (!waiting.async) return;
    // Wakes every reader of this log: the others look, find nothing and wait on.
    const wake = (): void => void Atomics.notify(this.#end, 0);
    signal?.addEventListener('abort', wake);
    await waiting.value;
    signal?.removeEventListener('abort', wake);
  }

  async read(position: number, maxBytes: number): Promise<LogBatch> {
    const end = this.#durableEnd();
    const segment = await this.#segmentOf(position);
    const from = Math.max(position, segment.base);
    const available = Math.min(end, segment.next ?? end) - from;
    if (available <= 0) return { records: [], positions: [], next: from };
    const batch = await this.#readFrames(segment, from, Math.min(available, maxBytes));
    return batch.next > from
      ? batch
      : this.#readOne(segment, from, Math.min(available, MAX_FRAME_BYTES + FRAME_HEAD_BYTES));
  }

  async close(): Promise<void> {
    await this.#segment?.handle.close();
    this.#segment = undefined;
  }

  #durableEnd(): number {
    return Number(Atomics.load(this.#end, 0));
  }

  /** As many whole frames as `bytes` hold. */
  async #readFrames(segment: Segment, from: number, bytes: number): Promise<LogBatch> {
    const source = await bytesOf(segment, from, bytes);
    const batch: LogBatch = { records: [], positions: [], next: from };
    for (;;) {
      const offset = batch.next - from;
      const frame = frameAt(source, offset, source.length);
      if (!frame?.intact) return batch;
      batch.records.push(recordOf(source, frame));
      batch.positions.push(batch.next);
      batch.next = from + frame.end;
    }
  }

  /** One frame that is larger than the batch, or the way behind one that is damaged. */
  async #readOne(segment: Segment, from: number, bytes: number): Promise<LogBatch> {
    const source = await bytesOf(segment, from, bytes);
    // A torn tail was cut off here.
    if (source.length === 0 && segment.next !== null) return { records: [], positions: [], next: segment.next };
    const found = frameAt(source, 0, source.length);
    const frame = found?.intact ? found : mendedFrame(source, 0, source.length);
    if (frame) return { records: [recordOf(source, frame)], positions: [from], next: from + frame.end };
    const behind = behindDamage(source, 0, source.length);
    const next = behind === null ? (segment.next ?? this.#durableEnd()) : from + behind;
    this.#logger.error({ position: from, bytes: next - from }, 'skipped a damaged record of the log');
    return { records: [], positions: [], next };
  }

  /** The segment that holds `position`, or the oldest one when that was trimmed away. */
  async #segmentOf(position: number): Promise<Segment> {
    const open = this.#segment;
    if (
      open &&
      position >= open.base &&
      (open.next === null ? !(await this.#rolled(open, position)) : position < open.next)
    )
      return open;
    await this.close();
    const bases = segmentBases(await fs.readdir(this.#folder));
    const base = bases.findLast((candidate) => candidate <= position) ?? bases[0] ?? 0;
    const next = bases.find((candidate) => candidate > base) ?? null;
    const handle = await fs.open(path.join(this.#folder, segmentName(base)), 'r');
    this.#segment = { base, next, handle };
    return this.#segment;
  }

  /** True when the reader stands at the end of a segment that the writer may have left. */
  async #rolled(open: Segment, position: number): Promise<boolean> {
    const { size } = await open.handle.stat();
    return position - open.base >= size || size < this.#durableEnd() - open.base;
  }
}

async function bytesOf({ handle, base }: Segment, position: number, length: number): Promise<Buffer> {
  const bytes = Buffer.allocUnsafe(length);
  const { bytesRead } = await handle.read(bytes, 0, length, position - base);
  return bytes.subarray(0, bytesRead);
}

export type SegmentLogReader = LogReader & { close(): Promise<void> };

/** `shared` comes from the writer of the same folder. */
export function openSegmentLogSource(options: {
  folder: string;
  shared: SharedArrayBuffer;
  logger: Logger;
}): LogSource {
  const readers: SegmentLogReader[] = [];
  return {
    partitions: 1,
    reader() {
      const reader = openSegmentLogReader(options);
      readers.push(reader);
      return reader;
    },
    async [Symbol.asyncDispose]() {
      for (const reader of readers) await reader.close();
    },
  };
}

/** `shared` comes from the writer of the same folder. */
export const openSegmentLogReader = (options: {
  folder: string;
  shared: SharedArrayBuffer;
  logger: Logger;
}): SegmentLogReader => new Reader(options);
