// Refusals of the real system calls of a process that writes a log: errors that are put in by strace, and a limit of file size.
import { type ChildProcess, spawn, spawnSync } from 'node:child_process';
import { once } from 'node:events';
import * as fs from 'node:fs';
import * as os from 'node:os';
import * as path from 'node:path';
import { account } from '../log-kills.ts';
import { segmentStore } from '../log-stores.ts';

export type RefusalCount = {
  /** Calls that were refused. */
  refused: number;
  acknowledged: number;
  lost: number;
  doubled: number;
  disordered: number;
  /** How the writer ended: its exit code, or the signal by which it was told to end. */
  ended: string;
};

const WRITER = path.join(import.meta.dirname, '..', 'log-killed-writer.ts');
const AFTERWARDS = 1_000;
const LIMIT_BYTES = 100_000;

class Writer {
  readonly child: ChildProcess;
  readonly #ended: Promise<string>;
  #out = '';
  #lines = 0;
  #enough: { lines: number; resolve: () => void } | undefined;

  constructor(program: readonly string[], folder: string) {
    const [first, ...rest] = [...program, process.execPath, WRITER, 'segments', folder, '0'];
    this.child = spawn(first!, rest, { stdio: ['ignore', 'pipe', 'ignore'] });
    this.child.stdout!.on('data', (chunk: Buffer) => {
      this.#out += chunk.toString();
      for (const byte of chunk) if (byte === 10) this.#lines++;
      if (this.#enough && this.#lines >= this.#enough.lines) this.#enough.resolve();
    });
    this.#ended = once(this.child, 'close').then(([code, signal]) => String(code ?? signal));
  }

  get acknowledged(): number[] {
    return this.#out.split('\n').slice(0, -1).map(Number);
  }

  /** Resolves after so many more acknowledgements, or when it ended. */
  async acknowledgedMore(count: number): Promise<void> {
    const { promise, resolve } = Promise.withResolvers<void>();
    this.#enough = { lines: this.#lines + count, resolve };
    await Promise.race([promise, this.#ended]);
  }

  /** Kills whatever runs of it: strace leaves its child alone when it is killed. */
  end(): Promise<string> {
    const children = spawnSync('pgrep', ['-P', String(this.child.pid)], { encoding: 'utf8' }).stdout.split('\n');
    for (const pid of children.filter(Boolean)) process.kill(Number(pid), 'SIGKILL');
    this.child.kill('SIGKILL');
    return this.#ended;
  }
}

async function counted(
  program: readonly string[],
  meanwhile: (writer: Writer, folder: string) => Promise<void>,
): Promise<Omit<RefusalCount, 'refused'>> {
  await using store = segmentStore();
  const writer = new Writer(program, store.folder);
  await meanwhile(writer, store.folder);
  const ended = await writer.end();
  return { ...(await account(store, writer.acknowledged)), ended };
}

/** The writer runs until so many acknowledgements, or its end. */
async function straced(call: string, inject: string, acknowledgements: number): Promise<RefusalCount> {
  const folder = fs.mkdtempSync(path.join(os.tmpdir(), 'stethos-strace-'));
  const trace = path.join(folder, 'trace');
  const program = [
    'strace',
    '-f',
    '-qq',
    '-s',
    '0',
    '-o',
    trace,
    '-e',
    `trace=${call}`,
    '-e',
    `inject=${call}:${inject}`,
    '--',
  ];
  try {
    const count = await counted(program, (writer) => writer.acknowledgedMore(acknowledgements));
    return { ...count, refused: fs.readFileSync(trace, 'utf8').split('(INJECTED)').length - 1 };
  } finally {
    fs.rmSync(folder, { recursive: true });
  }
}

/** Some writes fail; then they succeed again. */
export const refusedWrites = (error: 'EIO' | 'EROFS' | 'ENOSPC'): Promise<RefusalCount> =>
  straced('pwrite64', `error=${error}:when=20..24`, 20 * AFTERWARDS);

/** A flush fails: what the disk then holds is unknown. */
export const refusedFlush = (): Promise<RefusalCount> => straced('fdatasync', 'error=EIO:when=20', 100 * AFTERWARDS);

/** Files may not grow beyond a limit, until they may again. */
export const refusedSize = (): Promise<Omit<RefusalCount, 'refused'>> =>
  counted(['prlimit', `--fsize=${LIMIT_BYTES}:unlimited`, '--'], async (writer, folder) => {
    const reached = (): boolean =>
      fs.existsSync(folder) && fs.readdirSync(folder).some((name) => sizeOf(path.join(folder, name)) >= LIMIT_BYTES);
    while (!reached()) await new Promise(setImmediate);
    spawnSync('prlimit', ['--pid', String(writer.child.pid), '--fsize=unlimited:unlimited']);
    await writer.acknowledgedMore(AFTERWARDS);
  });

const sizeOf = (file: string): number => fs.statSync(file).size;
