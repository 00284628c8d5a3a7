// Programs of the platform as real processes of their own.
import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { ROOT } from '../architecture/sources.ts';

export type Ended = { code: number | null; signal: NodeJS.Signals | null; out: string; err: string };

export class Child implements AsyncDisposable {
  readonly process: ChildProcess;
  readonly ended: Promise<Ended>;
  #out = '';
  #err = '';
  readonly #listening = new Set<() => void>();

  constructor(args: readonly string[], environment: Record<string, string> = {}) {
    this.process = spawn(process.execPath, args, {
      cwd: ROOT,
      env: { PATH: process.env.PATH, HOME: process.env.HOME, ...environment },
      stdio: ['ignore', 'pipe', 'pipe'],
    });
    this.process.stdout!.on('data', (chunk: Buffer) => {
      this.#out += chunk.toString();
      for (const heard of this.#listening) heard();
    });
    this.process.stderr!.on('data', (chunk: Buffer) => {
      this.#err += chunk.toString();
    });
    this.ended = once(this.process, 'close').then(([code, signal]) => ({
      code: code as number | null,
      signal: signal as NodeJS.Signals | null,
      out: this.#out,
      err: this.#err,
    }));
  }

  /** Resolves with all that was written once it holds the words; rejects when the process ends before. */
  async says(words: string): Promise<string> {
    const heard = new Promise<void>((resolve) => {
      const check = (): void => {
        if (!this.#out.includes(words)) return;
        this.#listening.delete(check);
        resolve();
      };
      this.#listening.add(check);
      check();
    });
    const early = this.ended.then(({ code, out, err }) => {
      if (!out.includes(words)) throw new Error(`ended with code ${code} before it said "${words}":\n${out}${err}`);
    });
    await Promise.race([heard, early]);
    return this.#out;
  }

  kill(signal: NodeJS.Signals): Promise<Ended> {
    this.process.kill(signal);
    return this.ended;
  }

  async [Symbol.asyncDispose](): Promise<void> {
    if (this.process.exitCode === null && this.process.signalCode === null) await this.kill('SIGKILL');
  }
}

/** Runs it to its end. */
export const run = (args: readonly string[], environment?: Record<string, string>): Promise<Ended> =>
  new Child(args, environment).ended;
