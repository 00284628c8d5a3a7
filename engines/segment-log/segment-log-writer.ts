// The writing end: one write and one fdatasync in flight; everything that arrives meanwhile joins the next group.
import * as fs from 'node:fs';
import * as path from 'node:path';
import type { LogRecord } from '#contracts';
import { type Log, type Logger, messageOf, PlatformError, SECOND, syncFolder } from '#runtime';
import { DiskRoom } from './disk-room.ts';
import { encodeFrame, frameBytes, MAX_FRAME_BYTES, segmentBases, segmentName } from './frames.ts';
import { recover } from './recover.ts';

export type SegmentLogOptions = {
  folder: string;
  logger: Logger;
  /** A new segment is begun behind this size. */
  segmentBytes?: number;
  /** When the log holds this much, nothing more is accepted until consumers have passed: PUBACKs wait and appliances buffer. */
  maxBytes?: number;
  /** Nothing more is accepted while the volume has less than this free, so that others on it can go on. */
  reserveBytes?: number;
  /** An fsync error means that what the disk holds is unknown: the process must end, and never try again (the PostgreSQL rule). */
  onFatal: (error: Error) => void;
};

/** One partition: one sequence of files, so that one flush serves every appliance. */
export type SegmentLogWriter = Log & {
  /** Durable end, shared with readers of other threads. */
  readonly shared: SharedArrayBuffer;
  close(): Promise<void>;
};

const MEBIBYTE = 1024 * 1024;
const LOOK_AGAIN_MS = SECOND / 10;
const FULL = 'full; it waits for its consumers';
const cannotBeWritten = (error: unknown): string => `cannot be written: ${messageOf(error)}`;

class Writer implements SegmentLogWriter {
  readonly partitions = 1;
  readonly shared = new SharedArrayBuffer(8);
  readonly #end = new BigInt64Array(this.shared);
  readonly #options: Required<SegmentLogOptions>;
  readonly #disk: DiskRoom;
  #base: number;
  #length: number;
  #file: number;
  #oldest: number;
  #pending: Buffer = Buffer.allocUnsafe(MEBIBYTE);
  #spare: Buffer = Buffer.allocUnsafe(MEBIBYTE);
  #used = 0;
  #waiting: ((error: Error | null) => void)[] = [];
  #busy = false;
  #rollNext = false;
  #closed = false;
  #idle: (() => void) | undefined;
  #blocked: string | null = null;

  constructor(options: SegmentLogOptions) {
    this.#options = { segmentBytes: 64 * MEBIBYTE, maxBytes: 4096 * MEBIBYTE, reserveBytes: 0, ...options };
    this.#disk = new DiskRoom(options.folder, this.#options.reserveBytes);
    const { base, length, cutBytes } = recover(options.folder);
    if (cutBytes > 0) options.logger.warn({ cutBytes }, 'cut a torn tail off the log; it was never acknowledged');
    this.#base = base;
    this.#length = length;
    this.#oldest = segmentBases(fs.readdirSync(options.folder))[0] ?? 0;
    this.#file = fs.openSync(path.join(options.folder, segmentName(base)), 'r+');
    Atomics.store(this.#end, 0, BigInt(base + length));
  }

  get blocked(): string | null {
    return this.#blocked;
  }

  append(record: LogRecord, done: (error: Error | null) => void): void {
    const bytes = frameBytes(record);
    if (this.#closed)
      return done(new PlatformError('log-closed', 'retry', 'The log is closed: the platform is stopping.'));
    if (bytes > MAX_FRAME_BYTES)
      return done(new PlatformError('record-too-large', 'reject', `A record of ${bytes} bytes.`));
    this.#reserve(bytes);
    this.#used = encodeFrame(record, this.#pending, this.#used);
    this.#waiting.push(done);
    if (!this.#busy) {
      this.#busy = true;
      // Not at once: what the same turn of the loop still reads from its sockets belongs to this group.
      setImmediate(() => this.#flush());
    }
  }

  async trim(_partition: number, position: number): Promise<void> {
    const bases = segmentBases(fs.readdirSync(this.#options.folder));
    for (const [index, next] of bases.slice(1).entries()) {
      if (next > position) break;
      fs.unlinkSync(path.join(this.#options.folder, segmentName(bases[index]!)));
      this.#oldest = next;
    }
  }

  roll(): void {
    this.#rollNext = true;
  }

  [Symbol.asyncDispose](): Promise<void> {
    return this.close();
  }

  async close(): Promise<void> {
    if (this.#closed) return;
    this.#closed = true;
    if (this.#busy) await new Promise<void>((resolve) => (this.#idle = resolve));
    fs.closeSync(this.#file);
  }

  /** Closing while nothing can be written: nobody is told "kept". */
  #refuse(callbacks = this.#waiting): void {
    this.#waiting = [];
    this.#used = 0;
    const error = new PlatformError('log-closed', 'retry', 'The log closed before it could keep this record.');
    for (const done of callbacks) done(error);
    this.#flush();
  }

  #reserve(bytes: number): void {
    if (this.#used + bytes <= this.#pending.length) return;
    const larger = Buffer.allocUnsafe(Math.max(this.#pending.length * 2, this.#used + bytes));
    this.#pending.copy(larger, 0, 0, this.#used);
    this.#pending = larger;
  }

  #flush(): void {
    if (this.#used === 0) {
      this.#busy = false;
      this.#idle?.();
      return;
    }
    if (this.#isFull()) return this.#hold(FULL);
    if (this.#disk.fresh(this.#used)) return this.#begin();
    this.#disk.look().then(
      (short) => (short === null ? this.#begin() : this.#hold(short)),
      (error) => this.#hold(cannotBeWritten(error)),
    );
  }

  #isFull(): boolean {
    const { maxBytes } = this.#options;
    return this.#oldest < this.#base && this.#base + this.#length - this.#oldest + this.#used > maxBytes;
  }

  /** Nothing is written now; what waits is looked at again soon. */
  #hold(why: string): void {
    if (this.#closed) return this.#refuse();
    this.#block(why);
    setTimeout(() => this.#flush(), LOOK_AGAIN_MS);
  }

  #begin(): void {
    try {
      if (this.#length >= this.#options.segmentBytes || (this.#rollNext && this.#length > 0)) this.#roll();
    } catch (error) {
      return this.#hold(cannotBeWritten(error));
    }
    const group = this.#pending.subarray(0, this.#used);
    const callbacks = this.#waiting;
    [this.#pending, this.#spare] = [this.#spare, this.#pending];
    this.#used = 0;
    this.#waiting = [];
    this.#disk.took(group.length);
    this.#write(group, 0, callbacks);
  }

  /** Writes `group` at the durable end. A write error (disk full) is tried again from that same place, so no torn frame stays. */
  #write(group: Buffer, written: number, callbacks: ((error: Error | null) => void)[]): void {
    fs.write(this.#file, group, written, group.length - written, this.#length + written, (error, bytes) => {
      if (error) {
        if (this.#closed) return this.#refuse(callbacks.concat(this.#waiting));
        this.#block(cannotBeWritten(error));
        setTimeout(() => this.#write(group, 0, callbacks), LOOK_AGAIN_MS);
        return;
      }
      if (written + bytes < group.length) return this.#write(group, written + bytes, callbacks);
      fs.fdatasync(this.#file, (syncError) => {
        if (syncError) return this.#options.onFatal(syncError);
        this.#acknowledge(group.length, callbacks);
      });
    });
  }

  #acknowledge(bytes: number, callbacks: ((error: Error | null) => void)[]): void {
    this.#length += bytes;
    if (this.#blocked !== null) this.#options.logger.info({}, 'the log takes records again');
    this.#blocked = null;
    Atomics.store(this.#end, 0, BigInt(this.#base + this.#length));
    Atomics.notify(this.#end, 0);
    for (const done of callbacks) done(null);
    this.#flush();
  }

  #block(why: string): void {
    if (this.#blocked === why) return;
    this.#blocked = why;
    this.#options.logger.warn({ why }, 'the log takes nothing; nothing is acknowledged until it does');
  }

  #roll(): void {
    const base = this.#base + this.#length;
    const file = path.join(this.#options.folder, segmentName(base));
    fs.closeSync(fs.openSync(file, 'a'));
    syncFolder(this.#options.folder);
    const opened = fs.openSync(file, 'r+');
    fs.closeSync(this.#file);
    this.#file = opened;
    this.#rollNext = false;
    this.#base = base;
    this.#length = 0;
  }
}

/** Recovers the folder and opens it for appending. Only one writer may be open on a folder; the process's lock file sees to that. */
export const openSegmentLogWriter = (options: SegmentLogOptions): SegmentLogWriter => new Writer(options);
