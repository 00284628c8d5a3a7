// Starts and stops PGlite's thread, from the thread that composes the platform.
import { existsSync, mkdirSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { MessageChannel, type MessagePort, Worker } from 'node:worker_threads';
import { messageOf, PlatformError } from '#runtime';
import { databaseClosed } from './database-errors.ts';
import { syncPath } from './fsync-files.ts';
import type { Control, ControlReply } from './pglite-protocol.ts';

const EX_SOFTWARE = 70;

export interface PgliteThread extends AsyncDisposable {
  /** A fresh port for one `openPgliteSql` or one `openPglitePool`, in this thread or, transferred, in any other. */
  port(): MessagePort;
  /** fsyncs since the start: one or more for each commit that changed something. */
  fsyncCount(): Promise<number>;
  /** Ends the database cleanly; what is still asked on its ports fails with `database-closed`. */
  close(): Promise<void>;
}

/**
 * Opens the embedded database below `dir` (in `dir`/pg) in a thread of its own; creates it at the first start. Every
 * commit is on disk when it is answered. The caller keeps a second process out of `dir`. Should the database break
 * (a failed fsync, a crash inside), the whole process ends with code 70: nothing that it says can be believed then.
 */
export async function startPgliteThread({ dir }: { dir: string }): Promise<PgliteThread> {
  const data = join(dir, 'pg');
  if (!existsSync(data)) await create(dir, data);
  const worker = new Worker(new URL('./pglite-worker.ts', import.meta.url), { workerData: { dir: data } });
  const ended = new Promise<number>((resolve) => worker.once('exit', resolve));
  await ready(dir, worker, ended);
  return new Running(worker, ended);
}

async function create(dir: string, data: string): Promise<void> {
  const made = mkdirSync(dir, { recursive: true });
  if (made !== undefined) syncPath(join(made, '..'));
  const unfinished = join(dir, 'pg.new');
  const worker = new Worker(new URL('./pglite-create.ts', import.meta.url), { workerData: { dir: data, unfinished } });
  try {
    await new Promise<void>((resolve, reject) => {
      worker.once('error', reject);
      worker.once('exit', resolve);
    });
  } catch (error) {
    rmSync(unfinished, { recursive: true, force: true });
    throw cannotOpen(dir, error);
  }
}

const cannotOpen = (dir: string, cause: unknown): PlatformError =>
  new PlatformError('database-not-opened', 'fatal', `The database in ${dir} cannot be opened: ${messageOf(cause)}`, {
    cause,
    hint: 'Is the disk full, or may this user not write there?',
  });

function ready(dir: string, worker: Worker, ended: Promise<number>): Promise<void> {
  return new Promise((resolve, reject) => {
    worker.once('message', () => resolve());
    worker.once('error', (error) => reject(cannotOpen(dir, error)));
    ended.then((code) => reject(cannotOpen(dir, `its thread ended with code ${code}`)), reject);
  });
}

class Running implements PgliteThread {
  readonly #worker: Worker;
  readonly #ended: Promise<number>;
  readonly #counts: ((count: number) => void)[] = [];
  #closing = false;

  constructor(worker: Worker, ended: Promise<number>) {
    this.#worker = worker;
    this.#ended = ended;
    worker.removeAllListeners('error');
    worker.on('error', (error) => this.#broken(messageOf(error)));
    worker.on('message', (reply: ControlReply) => {
      if (reply.kind === 'fsync-count') this.#counts.shift()?.(reply.count);
    });
    ended.then((code) => {
      if (!this.#closing) this.#broken(`its thread ended with code ${code}`);
    }, this.#broken);
  }

  port(): MessagePort {
    const { port1, port2 } = new MessageChannel();
    this.#tell({ kind: 'port', port: port2 }, [port2]);
    return port1;
  }

  fsyncCount(): Promise<number> {
    if (this.#closing) return Promise.reject(databaseClosed());
    return new Promise((resolve) => {
      this.#counts.push(resolve);
      this.#tell({ kind: 'fsync-count' });
    });
  }

  async close(): Promise<void> {
    if (!this.#closing) this.#tell({ kind: 'close' });
    this.#closing = true;
    await this.#ended;
  }

  [Symbol.asyncDispose](): Promise<void> {
    return this.close();
  }

  #tell(message: Control, transfer: MessagePort[] = []): void {
    this.#worker.postMessage(message, transfer);
  }

  #broken(why: unknown): never {
    console.error(`stethos: the embedded database is broken, so the whole process ends: ${why}`);
    process.exit(EX_SOFTWARE);
  }
}
