// Node's file calls with a memory of what was flushed, so that a power cut can be acted out: what a flush covered stays, of
// the rest anything may stay. Holds for one folder with files that are only appended to.
import fs from 'node:fs';
import { syncBuiltinESMExports } from 'node:module';
import * as path from 'node:path';

type Original = Pick<typeof fs, 'openSync' | 'closeSync' | 'fsyncSync' | 'fdatasync' | 'ftruncateSync'>;

const SECTOR_BYTES = 512;

export class SimulatedDisk implements Disposable {
  readonly #folder: string;
  readonly #original: Original;
  readonly #files = new Map<number, string>();
  /** By name: how much of it is on the disk for good. */
  #flushed = new Map<string, number>();
  /** Names that are in the folder for good. */
  #named = new Set<string>();
  #lies = false;

  constructor(folder: string) {
    this.#folder = folder;
    const { openSync, closeSync, fsyncSync, fdatasync, ftruncateSync } = fs;
    this.#original = { openSync, closeSync, fsyncSync, fdatasync, ftruncateSync };
    this.#watch();
  }

  /** Everything in the folder has been on the disk before. */
  static allFlushed(folder: string): SimulatedDisk {
    const disk = new SimulatedDisk(folder);
    for (const name of fs.readdirSync(folder)) {
      disk.#named.add(name);
      disk.#flushed.set(name, fs.statSync(path.join(folder, name)).size);
    }
    return disk;
  }

  /** From now on it says that it flushed and does not. */
  lie(): void {
    this.#lies = true;
  }

  /** What a reader finds in `target` after the power came back. */
  powerCut(target: string): void {
    fs.mkdirSync(target, { recursive: true });
    for (const name of fs.readdirSync(this.#folder)) {
      if (!this.#named.has(name) && Math.random() < 0.5) continue;
      const bytes = fs.readFileSync(path.join(this.#folder, name));
      fs.writeFileSync(path.join(target, name), leftOver(bytes, this.#flushed.get(name) ?? 0));
    }
  }

  /** What is in `target` after the process alone was killed; the returned disk remembers what of it was flushed. */
  killed(target: string): SimulatedDisk {
    fs.cpSync(this.#folder, target, { recursive: true });
    this[Symbol.dispose]();
    const disk = new SimulatedDisk(target);
    disk.#flushed = new Map(this.#flushed);
    disk.#named = new Set(this.#named);
    return disk;
  }

  [Symbol.dispose](): void {
    Object.assign(fs, this.#original);
    syncBuiltinESMExports();
  }

  #watch(): void {
    const { openSync, closeSync, fsyncSync, fdatasync, ftruncateSync } = this.#original;
    const disk = this;
    Object.assign(fs, {
      openSync(file: string, ...more: [string]) {
        const handle = openSync(file, ...more);
        disk.#files.set(handle, file);
        return handle;
      },
      closeSync(handle: number) {
        disk.#files.delete(handle);
        closeSync(handle);
      },
      fsyncSync(handle: number) {
        fsyncSync(handle);
        disk.#flush(handle, disk.#sizeOf(handle));
      },
      fdatasync(handle: number, done: (error: NodeJS.ErrnoException | null) => void) {
        // What is written while the flush is under way may or may not be covered by it.
        const size = disk.#sizeOf(handle);
        fdatasync(handle, (error) => {
          if (!error) disk.#flush(handle, size);
          done(error);
        });
      },
      ftruncateSync(handle: number, length: number) {
        ftruncateSync(handle, length);
        const name = path.basename(disk.#files.get(handle) ?? '');
        disk.#flushed.set(name, Math.min(length, disk.#flushed.get(name) ?? 0));
      },
    });
    syncBuiltinESMExports();
  }

  #sizeOf(handle: number): number {
    return this.#files.has(handle) ? fs.fstatSync(handle).size : 0;
  }

  #flush(handle: number, size: number): void {
    const file = this.#files.get(handle);
    if (file === undefined || this.#lies) return;
    if (file === this.#folder) for (const name of fs.readdirSync(file)) this.#named.add(name);
    else if (path.dirname(file) === this.#folder) this.#flushed.set(path.basename(file), size);
  }
}

/** The flushed part, and of the rest whatever a disk may have kept: nothing, some of it, or sectors of something else. */
function leftOver(bytes: Buffer, flushed: number): Buffer {
  const kept = Buffer.from(bytes.subarray(0, flushed + Math.floor(Math.random() * (bytes.length - flushed + 1))));
  const fate = Math.floor(Math.random() * 4);
  if (fate === 0) return kept.subarray(0, flushed);
  if (fate === 1) return Buffer.from(bytes);
  for (let at = flushed; at < kept.length; at += SECTOR_BYTES) {
    const sector = kept.subarray(at, at + SECTOR_BYTES);
    if (Math.random() < 0.5) sector.fill(fate === 2 ? 0 : Math.floor(Math.random() * 256));
  }
  return kept;
}
