// Starts and stops PGlite's thread, from the thread that composes the platform.
import { existsSync, mkdirSync, rmSync } from 'node:fs';
import { dirname, join, resolve } from 'node:path';
import { MessageChannel, type MessagePort, Worker } from 'node:worker_threads';
import { MINUTE, messageOf, PlatformError } from '#runtime';
import { databaseClosed } from './database-errors.ts';
import { syncPath } from './fsync-files.ts';
import type { Control, ControlReply } from './pglite-protocol.ts';

const EX_SOFTWARE = 70;

export interface PgliteThread extends AsyncDisposable {
  /** A fresh port for one `openPgliteSql` or one `openPglitePool`, in this thread or, transferred, in any other. */
  port(): MessagePort;
  /** The same for a channel that was made before the database was open; this is the database's end of it. */
  attach(port: MessagePort): void;
  /** fsyncs since the start: one or more for each commit that changed something. */
  fsyncCount(): Promise<number>;
  /** Ends the database cleanly; what is still asked on its ports fails with `database-closed`. */
  close(): Promise<void>;
}

export type PgliteOptions = {
  dir: string;
  /** A transaction in which nothing is asked for so long is rolled back, since everybody waits for its end. */
  idleInTransactionMs?: number;
};

/**
 * Opens the embedded database below `dir` (in `dir`/pg) in a thread of its own; creates it at the first start. Every
 * commit is on disk when it is answered. The caller keeps a second process out of `dir`. Should the database break
 * (a failed fsync, a crash inside), the whole process ends with code 70: nothing that it says can be believed then.
 */
export async function startPgliteThread({ dir, idleInTransactionMs = MINUTE }: PgliteOptions): Promise<PgliteThread> {
  const data = join(dir, 'pg');
  if (!existsSync(data)) await create(dir, data);
  const worker = new Worker(new URL('./pglite-worker.ts', import.meta.url), {
    workerData: { dir: data, idleInTransactionMs },
  });
  try {
    await opened(dir, worker);
  } catch (error) {
    await worker.terminate();
    throw error;
  }
  return new Running(worker);
}

async function create(dir: string, data: string): Promise<void> {
  const unfinished = join(dir, 'pg.new');
  try {
    makeFolder(dir);
    const worker = new Worker(new URL('./pglite-create.ts', import.meta.url), {
      workerData: { dir: data, unfinished },
    });
    await new Promise<void>((resolve, reject) => {
      worker.once('error', reject);
      worker.once('exit', resolve);
    });
  } catch (error) {
    rmSync(unfinished, { recursive: true, force: true });
    throw cannotOpen(dir, error);
  }
}

/** Every new folder is on disk under its name when this returns. */
function makeFolder(dir: string): void {
  const first = mkdirSync(dir, { recursive: true });
  if (first === undefined) return;
  for (let made = resolve(dir); made.length >= first.length; made = dirname(made)) syncPath(dirname(made));
}

const cannotOpen = (dir: string, cause: unknown): PlatformError =>
  new PlatformError('database-not-opened', 'fatal', `The database in ${dir} cannot be opened: ${messageOf(cause)}`, {
    cause,
    hint: 'Is the disk full, or may this user not write there?',
  });

function opened(dir: string, worker: Worker): Promise<void> {
  return new Promise((resolve, reject) => {
    worker.once('message', (reply: ControlReply) => {
      if (reply.kind === 'broken') reject(cannotOpen(dir, reply.why));
      else resolve();
    });
    worker.once('error', (error) => reject(cannotOpen(dir, error)));
    worker.once('exit', (code) => reject(cannotOpen(dir, `its thread ended with code ${code}`)));
  });
}

class Running implements PgliteThread {
  readonly #worker: Worker;
  readonly #ended: Promise<void>;
  readonly #counts: ((count: number) => void)[] = [];
  #closing = false;

  constructor(worker: Worker) {
    this.#worker = worker;
    for (const event of ['message', 'error', 'exit']) worker.removeAllListeners(event);
    worker.on('message', (reply: ControlReply) => {
      if (reply.kind === 'fsync-count') this.#counts.shift()?.(reply.count);
      if (reply.kind === 'broken') broken(reply.why);
    });
    worker.on('error', (error) => broken(messageOf(error)));
    this.#ended = new Promise((resolve) => {
      worker.on('exit', (code) => {
        if (!this.#closing) broken(`its thread ended with code ${code}`);
        resolve();
      });
    });
  }

  port(): MessagePort {
    const { port1, port2 } = new MessageChannel();
    this.attach(port2);
    return port1;
  }

  attach(port: MessagePort): void {
    this.#tell({ kind: 'port', port }, [port]);
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
}

function broken(why: string): never {
  console.error(`stethos: the embedded database is broken, so the whole process ends: ${why}`);
  process.exit(EX_SOFTWARE);
}
