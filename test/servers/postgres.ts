// A PostgreSQL server of its own for a test file.
import { execFile, execFileSync } from 'node:child_process';
import { readdirSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { promisify } from 'node:util';
import { Client } from 'pg';
import { findProgram, freePort, type Server, startServer, temporaryFolder } from './process.ts';

export type PostgresServer = Server & { url: string };

const DEBIAN = '/usr/lib/postgresql';
const NOBODY = 65_534;

/** The newest of Debian's, else the one on the PATH; the path of its `postgres`. */
export function findPostgres(): string | null {
  let versions: string[] = [];
  try {
    versions = readdirSync(DEBIAN).sort((a, b) => Number(b) - Number(a));
  } catch {
    // Not a Debian, or none installed.
  }
  return findProgram(
    'postgres',
    versions.map((version) => join(DEBIAN, version, 'bin')),
  );
}

/** `fsync`: off for tests, which power cuts do not concern. */
export async function runPostgres(
  program: string,
  { fsync = 'off' }: { fsync?: 'on' | 'off' } = {},
): Promise<PostgresServer> {
  const user = process.getuid?.() === 0 ? unprivileged() : undefined;
  const [port, folder] = await Promise.all([freePort(), temporaryFolder('postgres', user)]);
  const data = join(folder, 'data');
  const initialise = ['-D', data, '-U', 'stethos', '--auth=trust', '-E', 'UTF8', '--locale=C.UTF-8', '--no-sync'];
  await promisify(execFile)(join(dirname(program), 'initdb'), initialise, { cwd: folder, ...user });
  const url = `postgres://stethos@127.0.0.1:${port}/postgres`;
  const settings = { listen_addresses: '127.0.0.1', unix_socket_directories: '', fsync };
  const args = ['-D', data, '-p', String(port), ...Object.entries(settings).flatMap(([k, v]) => ['-c', `${k}=${v}`])];
  const server = await startServer({ program, args, folder, user, ready: () => lets(url) });
  return { ...server, url };
}

/** PostgreSQL refuses to run as root. */
function unprivileged(): { uid: number; gid: number } {
  const id = (flag: string): number =>
    Number(execFileSync('id', [flag, 'postgres'], { stdio: ['ignore', 'pipe', 'ignore'] }));
  try {
    return { uid: id('-u'), gid: id('-g') };
  } catch {
    return { uid: NOBODY, gid: NOBODY };
  }
}

async function lets(url: string): Promise<boolean> {
  const client = new Client({ connectionString: url });
  await client.connect();
  await client.end();
  return true;
}
