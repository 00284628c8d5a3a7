// Files that a power cut leaves whole or not at all, each with its hash.
import { createHash } from 'node:crypto';
import * as fs from 'node:fs';
import * as path from 'node:path';
import { syncFolder } from '#runtime';

/** Of a file of the backup; `file` is relative to its folder. */
export type Written = { file: string; bytes: number; sha256: string };

const CHUNK_BYTES = 1024 * 1024;

/** Gathers what is written, hashes it, and has it on disk when `end` resolves. */
export class DurableFile {
  readonly #handle: fs.promises.FileHandle;
  readonly #hash = createHash('sha256');
  #parts: Buffer[] = [];
  #waiting = 0;
  #bytes = 0;

  private constructor(handle: fs.promises.FileHandle) {
    this.#handle = handle;
  }

  static async create(file: string): Promise<DurableFile> {
    await fs.promises.mkdir(path.dirname(file), { recursive: true, mode: 0o700 });
    return new DurableFile(await fs.promises.open(file, 'wx', 0o600));
  }

  async write(bytes: Buffer): Promise<void> {
    this.#parts.push(bytes);
    this.#waiting += bytes.length;
    if (this.#waiting >= CHUNK_BYTES) await this.#flush();
  }

  async end(): Promise<Omit<Written, 'file'>> {
    try {
      await this.#flush();
      await this.#handle.sync();
    } finally {
      await this.#handle.close();
    }
    return { bytes: this.#bytes, sha256: this.#hash.digest('hex') };
  }

  /** For a backup that failed: the file stays unfinished. */
  async abandon(): Promise<void> {
    await this.#handle.close().catch(() => {});
  }

  async #flush(): Promise<void> {
    const chunk = Buffer.concat(this.#parts);
    this.#parts = [];
    this.#waiting = 0;
    this.#bytes += chunk.length;
    this.#hash.update(chunk);
    await this.#handle.writeFile(chunk);
  }
}

/** The hash of a file as it stands on disk. */
export async function hashOf(file: string): Promise<Omit<Written, 'file'>> {
  const hash = createHash('sha256');
  let bytes = 0;
  for await (const chunk of fs.createReadStream(file, { highWaterMark: CHUNK_BYTES })) {
    hash.update(chunk as Buffer);
    bytes += (chunk as Buffer).length;
  }
  return { bytes, sha256: hash.digest('hex') };
}

/** Every file and folder below `folder`, and its own name, is on disk when this returns. */
export function syncTree(folder: string): void {
  for (const entry of fs.readdirSync(folder, { withFileTypes: true })) {
    if (entry.isDirectory()) syncTree(path.join(folder, entry.name));
  }
  syncFolder(folder);
}
