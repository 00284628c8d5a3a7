// Whether the volume has room: what others need on it (the database, the readings) must not be taken by the log.
import * as fs from 'node:fs';
import { SECOND } from '#runtime';

const MEBIBYTE = 1024 * 1024;
/** It is looked at again after so much was written, after a quarter of the reserve, or after a second. */
const LOOK_EVERY_BYTES = 16 * MEBIBYTE;

export class DiskRoom {
  readonly #folder: string;
  readonly #reserveBytes: number;
  readonly #lookEveryBytes: number;
  #written = 0;
  #due = true;
  #short = false;

  constructor(folder: string, reserveBytes: number) {
    this.#folder = folder;
    this.#reserveBytes = reserveBytes;
    this.#lookEveryBytes = Math.min(LOOK_EVERY_BYTES, reserveBytes / 4);
  }

  /** Whether what was seen last still holds for so many bytes more; else look before writing. */
  fresh(bytes: number): boolean {
    return this.#reserveBytes === 0 || (!this.#due && !this.#short && this.#written + bytes < this.#lookEveryBytes);
  }

  took(bytes: number): void {
    this.#written += bytes;
  }

  /** Why nothing may be written now; null when it may. */
  async look(): Promise<string | null> {
    const { bavail, bsize } = await fs.promises.statfs(this.#folder);
    const free = bavail * bsize;
    this.#short = free < this.#reserveBytes;
    this.#written = 0;
    this.#due = false;
    setTimeout(() => {
      this.#due = true;
    }, SECOND).unref();
    return this.#short
      ? `the disk is nearly full; ${Math.round(this.#reserveBytes / MEBIBYTE)} MiB are kept in reserve`
      : null;
  }
}
