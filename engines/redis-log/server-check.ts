// Whether a Redis keeps what it acknowledged: its settings are looked at before anything is acknowledged to an appliance.
import type { Redis } from 'ioredis';
import { messageOf, PlatformError } from '#runtime';

const OLDEST_MAJOR = 7;

/** Setting, the value that is needed, what happens without it. */
const NEEDED = [
  ['appendonly', 'yes', 'it would lose everything when it stops'],
  ['appendfsync', 'always', 'it would acknowledge what is not on its disk yet'],
  ['no-appendfsync-on-rewrite', 'no', 'it would not flush while it rewrites its file'],
  ['maxmemory-policy', 'noeviction', 'it would throw records away when its memory is full'],
] as const;

const unfit = (message: string, hint: string): PlatformError =>
  new PlatformError('log-unfit', 'fatal', `The Redis of LOG_REDIS_URL cannot hold the log: ${message}.`, { hint });

/** Throws a fatal `log-unfit` with a hint. `settingsChecked`: the operator says that these settings are right. */
export async function checkServer(redis: Redis, settingsChecked: boolean): Promise<void> {
  const info = await redis.info('server');
  const field = (name: string): string => new RegExp(`^${name}:(.*?)\\r?$`, 'm').exec(info)?.[1] ?? '';
  const version = field('redis_version');
  if (Number.parseInt(version, 10) < OLDEST_MAJOR)
    throw unfit(`it is version ${version}`, `Use Redis ${OLDEST_MAJOR} or newer, or Valkey.`);
  if (field('redis_mode') === 'cluster')
    throw unfit(
      'it is a cluster',
      'Give the log an instance of its own; a batch is appended to all partitions at once.',
    );
  if (!settingsChecked) await checkSettings(redis);
}

async function checkSettings(redis: Redis): Promise<void> {
  const wrong: string[] = [];
  for (const [name, needed, otherwise] of NEEDED) {
    const is = await setting(redis, name);
    if (is !== needed) wrong.push(`${name} is "${is}" and must be "${needed}" (${otherwise})`);
  }
  if (wrong.length > 0) throw unfit(wrong.join('; '), 'Change redis.conf, then start it again.');
}

async function setting(redis: Redis, name: string): Promise<string> {
  let answer: unknown;
  try {
    answer = await redis.config('GET', name);
  } catch (error) {
    // A server that answers with an error forbids the question; without an answer it is only away.
    if (!(error instanceof Error) || error.name !== 'ReplyError' || messageOf(error).startsWith('LOADING')) throw error;
    const settings = NEEDED.map(([key, value]) => `${key} ${value}`).join(', ');
    throw unfit(
      `its settings cannot be read (${messageOf(error)})`,
      `Allow CONFIG GET, or make sure of ${settings} and say so by LOG_REDIS_CHECKED=yes.`,
    );
  }
  return Array.isArray(answer) ? String(answer[1]) : '';
}
