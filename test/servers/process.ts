// A real server as a child process: started, stopped and started again on the same port with the same data.
import { type ChildProcess, spawn } from 'node:child_process';
import { randomInt } from 'node:crypto';
import { once } from 'node:events';
import { existsSync } from 'node:fs';
import { chown, mkdtemp, rm } from 'node:fs/promises';
import { createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { delimiter, join } from 'node:path';
import { setTimeout as pause } from 'node:timers/promises';

const START_MS = 30_000;
const STOP_MS = 10_000;
const SETPRIV = '/usr/bin/setpriv';

export interface Server extends AsyncDisposable {
  /** Ends the program; its data stay. */
  stop(): Promise<void>;
  /** As a power cut of the program alone: nothing of it runs any more when this resolves. */
  kill(): Promise<void>;
  /** Holds it (SIGSTOP) and lets it go on (SIGCONT): its connections stay, and nothing answers. */
  signal(name: 'SIGSTOP' | 'SIGCONT'): void;
  /** Starts it again, same port, same data. */
  start(): Promise<void>;
  /** Of the process that runs now. */
  pid(): number;
  /** Where its data stand. */
  readonly folder: string;
}

export type ServerSpec = {
  program: string;
  args: readonly string[];
  /** Temporary; removed in the end. */
  folder: string;
  /** An unprivileged user, for programs that refuse to run as root. */
  user?: { uid: number; gid: number } | undefined;
  /** Throws or answers false until the server can be used. */
  ready: () => Promise<boolean>;
};

export async function startServer(spec: ServerSpec): Promise<Server> {
  let child = await launched(spec);
  return {
    folder: spec.folder,
    async start() {
      child = await launched(spec);
    },
    stop: () => ended(child),
    pid: () => child.pid!,
    async kill() {
      const exit = once(child, 'exit');
      child.kill('SIGKILL');
      await exit;
    },
    signal: (name) => void child.kill(name),
    async [Symbol.asyncDispose]() {
      await ended(child);
      await rm(spec.folder, { recursive: true, force: true });
    },
  };
}

async function launched(spec: ServerSpec): Promise<ChildProcess> {
  // The server goes when the test process goes, however it goes.
  const [program, args] = existsSync(SETPRIV)
    ? [SETPRIV, ['--pdeathsig', 'INT', '--', spec.program, ...spec.args]]
    : [spec.program, spec.args];
  const child = spawn(program, args, { cwd: spec.folder, stdio: ['ignore', 'pipe', 'pipe'], ...spec.user });
  let said = '';
  const hear = (chunk: Buffer): void => {
    said = (said + chunk.toString()).slice(-2_000);
  };
  child.stdout?.on('data', hear);
  child.stderr?.on('data', hear);
  const deadline = performance.now() + START_MS;
  while (!(await spec.ready().catch(() => false))) {
    if (child.exitCode !== null) throw new Error(`${spec.program} ended with code ${child.exitCode}:\n${said}`);
    if (performance.now() > deadline) {
      await ended(child);
      throw new Error(`${spec.program} was not ready after ${START_MS} ms:\n${said}`);
    }
    await pause(50);
  }
  return child;
}

async function ended(child: ChildProcess): Promise<void> {
  if (child.exitCode !== null || child.signalCode !== null) return;
  const exit = once(child, 'exit');
  child.kill('SIGINT');
  const timer = setTimeout(() => child.kill('SIGKILL'), STOP_MS);
  await exit;
  clearTimeout(timer);
}

/** A folder below the system's temporary one, which `user` may enter and write. */
export async function temporaryFolder(name: string, user?: { uid: number; gid: number }): Promise<string> {
  const folder = await mkdtemp(join(tmpdir(), `stethos-${name}-`));
  if (user) await chown(folder, user.uid, user.gid);
  return folder;
}

// Below the ports that the system gives away by itself (32768 and up on Linux, 49152 elsewhere): a connection that
// somebody opens could take one of those while a test's own server is between two starts.
const FIRST_PORT = 10_000;
const PORTS = 22_000;
let lastPort = FIRST_PORT + randomInt(PORTS);

/** A loopback port where nobody listens, and that this process has not been given before. */
export async function freePort(): Promise<number> {
  for (;;) {
    // Its own before it waits: several may ask at once.
    lastPort = FIRST_PORT + ((lastPort + 1 - FIRST_PORT) % PORTS);
    const port = lastPort;
    if (await isFree(port)) return port;
  }
}

async function isFree(port: number): Promise<boolean> {
  const server = createServer().listen(port, '127.0.0.1');
  try {
    await once(server, 'listening');
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'EADDRINUSE') return false;
    throw error;
  }
  server.close();
  await once(server, 'close');
  return true;
}

export function findProgram(name: string, folders: readonly string[] = []): string | null {
  const paths = [...folders, ...(process.env.PATH ?? '').split(delimiter)].map((folder) => join(folder, name));
  return paths.find((path) => existsSync(path)) ?? null;
}

/** A program that a test uses; null when it is not here, which is said: with REQUIRE_ENGINES=1 that is a failure. */
export function findTool(name: string, folders: readonly string[] = ['/usr/bin', '/usr/sbin']): string | null {
  const program = findProgram(name, folders);
  if (program !== null) return program;
  if (process.env.REQUIRE_ENGINES === '1') throw new Error(`REQUIRE_ENGINES=1, but ${name} is not installed.`);
  console.warn(`Not exercised: there is no ${name} on this machine.`);
  return null;
}
