// The reading end: follows the files of the writer, in any thread, up to the durable end that the writer shares.
import * as fs from 'node:fs/promises';
import * as path from 'node:path';
import type { LogBatch, Logger, LogReader, LogSource } from '#runtime';
import { FRAME_HEAD_BYTES, frameAt, MAX_FRAME_BYTES, recordOf, segmentBases, segmentName } from './frames.ts';

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
    // A frame larger than the batch: read it whole.
    if (batch.next === from)
      return this.#readFrames(segment, from, Math.min(available, MAX_FRAME_BYTES + FRAME_HEAD_BYTES), true);
    return batch;
  }

  async close(): Promise<void> {
    await this.#segment?.handle.close();
    this.#segment = undefined;
  }

  #durableEnd(): number {
    return Number(Atomics.load(this.#end, 0));
  }

  async #readFrames(segment: Segment, from: number, bytes: number, whole = false): Promise<LogBatch> {
    const source = Buffer.allocUnsafe(bytes);
    const { bytesRead } = await segment.handle.read(source, 0, bytes, from - segment.base);
    const batch: LogBatch = { records: [], positions: [], next: from };
    let offset = 0;
    for (;;) {
      const frame = frameAt(source, offset, bytesRead);
      if (frame && frame.end <= bytesRead) {
        if (frame.intact) {
          batch.records.push(recordOf(source, frame));
          batch.positions.push(from + offset);
        } else this.#logger.error({ position: from + offset }, 'skipped a damaged record of the log');
        offset = frame.end;
        continue;
      }
      const headIsThere = offset + FRAME_HEAD_BYTES <= bytesRead;
      if (headIsThere && (frame === null || whole)) {
        // A length that cannot be true: where the next frame starts is unknown, so the rest of the segment is lost.
        this.#logger.error({ position: from + offset }, 'the log is damaged here; going on at the next segment');
        batch.next = segment.next ?? this.#durableEnd();
        return batch;
      }
      batch.next = from + offset;
      return batch;
    }
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
