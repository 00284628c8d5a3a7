// A Redis Cluster of three servers of its own for a test file.
import { execFile } from 'node:child_process';
import { setTimeout as pause } from 'node:timers/promises';
import { promisify } from 'node:util';
import { Redis } from 'ioredis';
import { findProgram, freePort } from './process.ts';
import { runRedis } from './redis.ts';

export type RedisCluster = AsyncDisposable & { urls: string[] };

const NODES = 3;
const SETTLED_WITHIN = 600;

export async function runRedisCluster(program: string): Promise<RedisCluster> {
  const client = findProgram('redis-cli', ['/usr/bin', '/usr/local/bin']);
  if (client === null) throw new Error('redis-cli is not installed');
  await using building = new AsyncDisposableStack();
  const urls: string[] = [];
  for (let node = 0; node < NODES; node++) {
    // The default is the port and 10,000, which may be none or taken.
    const settings = { 'cluster-enabled': 'yes', 'cluster-port': String(await freePort()) };
    urls.push(building.use(await runRedis(program, { settings })).url);
  }
  const hosts = urls.map((url) => new URL(url).host);
  await promisify(execFile)(client, ['--cluster', 'create', ...hosts, '--cluster-yes']);
  for (const url of urls) await settled(url);
  const lifetime = building.move();
  return { urls, [Symbol.asyncDispose]: () => lifetime.disposeAsync() };
}

async function settled(url: string): Promise<void> {
  const node = new Redis(url);
  try {
    for (let attempt = 0; !(await node.cluster('INFO')).includes('cluster_state:ok'); attempt++) {
      if (attempt > SETTLED_WITHIN) throw new Error('the Redis Cluster does not agree');
      await pause(50);
    }
  } finally {
    node.disconnect();
  }
}
