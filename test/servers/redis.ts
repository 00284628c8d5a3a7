// A Redis server of its own for a test file.
import { connect } from 'node:net';
import { findProgram, freePort, type Server, startServer, temporaryFolder } from './process.ts';

export type RedisServer = Server & { url: string };

export const findRedis = (): string | null => findProgram('redis-server', ['/usr/bin', '/usr/local/bin']);

/** `settings`: of redis.conf, in place of ours. */
export type RedisOptions = { appendOnly?: boolean; settings?: Record<string, string> };

export async function runRedis(
  program: string,
  { appendOnly = false, settings: others = {} }: RedisOptions = {},
): Promise<RedisServer> {
  const [port, folder] = await Promise.all([freePort(), temporaryFolder('redis')]);
  const settings = {
    bind: '127.0.0.1',
    port: String(port),
    dir: folder,
    save: '',
    appendonly: appendOnly ? 'yes' : 'no',
    appendfsync: 'always',
    'maxmemory-policy': 'noeviction',
    ...others,
  };
  const args = Object.entries(settings).flatMap(([name, value]) => [`--${name}`, value]);
  const server = await startServer({ program, args, folder, ready: () => answersPing(port) });
  return { ...server, url: `redis://127.0.0.1:${port}` };
}

function answersPing(port: number): Promise<boolean> {
  return new Promise((resolve, reject) => {
    const socket = connect(port, '127.0.0.1', () => socket.write('PING\r\n'));
    socket.once('error', reject);
    socket.once('data', (answer) => {
      socket.end();
      resolve(answer.toString().startsWith('+PONG'));
    });
  });
}
