// An InfluxDB 2 server of its own for a test file, set up with one organisation and one bucket.
import { existsSync } from 'node:fs';
import { homedir } from 'node:os';
import { join } from 'node:path';
import { freePort, type Server, startServer, temporaryFolder } from './process.ts';

export type InfluxServer = Server & { url: string; token: string; org: string; bucket: string };

/** Where build-influxd.sh leaves it. */
const CACHED = 'stethos/influxd-v2.7.12/influxd';

export function findInfluxd(): string | null {
  const cache = process.env.XDG_CACHE_HOME ?? join(homedir(), '.cache');
  return [process.env.INFLUXD, join(cache, CACHED)].find((path) => path && existsSync(path)) ?? null;
}

export async function runInfluxd(program: string): Promise<InfluxServer> {
  const [port, folder] = await Promise.all([freePort(), temporaryFolder('influxd')]);
  const url = `http://127.0.0.1:${port}`;
  const args = [
    `--bolt-path=${join(folder, 'bolt')}`,
    `--engine-path=${join(folder, 'engine')}`,
    `--sqlite-path=${join(folder, 'sqlite')}`,
    `--http-bind-address=127.0.0.1:${port}`,
    '--reporting-disabled',
    '--hardening-enabled',
    '--log-level=error',
  ];
  const ready = async (): Promise<boolean> => (await fetch(`${url}/health`)).ok;
  const server = await startServer({ program, args, folder, ready });
  return { ...server, url, ...(await setUp(url)) };
}

async function setUp(url: string): Promise<{ token: string; org: string; bucket: string }> {
  const access = { token: 'a-token-for-this-test-alone', org: 'stethos', bucket: 'readings' };
  const person = { username: 'stethos', password: 'stethos-test' };
  const answer = await fetch(`${url}/api/v2/setup`, {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify({ ...person, ...access, retentionPeriodSeconds: 0 }),
  });
  if (!answer.ok) throw new Error(`InfluxDB set-up: ${answer.status} ${await answer.text()}`);
  return access;
}
