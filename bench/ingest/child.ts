// A child process that offers functions to the bench. It ends with the bench, however that ends.
import { fork } from 'node:child_process';
import { type BirpcReturn, createBirpc } from 'birpc';

const END_TIMEOUT_MS = 10_000;

export type Child<Offers extends object> = AsyncDisposable & { call: BirpcReturn<Offers, object>; kill(): void };

/** Starts `entry`, a file of this folder. */
export function startChild<Offers extends object>(entry: string, nodeOptions: readonly string[] = []): Child<Offers> {
  const child = fork(new URL(entry, import.meta.url), {
    execArgv: [...nodeOptions],
    serialization: 'advanced',
    stdio: ['ignore', 'inherit', 'inherit', 'ipc'],
  });
  let ending = false;
  const ended = new Promise<void>((resolve) => child.once('exit', () => resolve()));
  child.once('exit', (code, signal) => {
    if (ending) return;
    process.stderr.write(`The bench cannot go on: ${entry} ended by itself (${signal ?? `code ${code}`}).\n`);
    process.kill(process.pid, 'SIGTERM');
  });
  const call = createBirpc<Offers, object>(
    {},
    { post: (message) => child.send(message), on: (heard) => child.on('message', heard), timeout: -1 },
  );
  const kill = (): void => {
    ending = true;
    child.kill('SIGKILL');
  };
  return {
    call,
    kill,
    async [Symbol.asyncDispose]() {
      ending = true;
      const timer = setTimeout(kill, END_TIMEOUT_MS);
      if (child.connected) child.disconnect();
      await ended;
      clearTimeout(timer);
    },
  };
}

/** The child's side. Ctrl-C is the bench's to answer; the child ends when the bench lets go of it. */
export function offer(functions: object): void {
  process.on('SIGINT', () => {});
  process.once('disconnect', () => process.exit());
  createBirpc(functions, {
    post: (message) => process.send?.(message),
    on: (heard) => process.on('message', heard),
    timeout: -1,
  });
}
