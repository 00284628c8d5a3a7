// Where the queue lives: Redis through ioredis, or the registry's database.
import {
  type BackendFactory,
  createPostgresBackend,
  type PgPool,
  type QueueOptions,
  type RedisQueueBackend,
  runMigrations,
} from 'bullmq';
import { Cluster, Redis } from 'ioredis';
import type { SweepingStage } from '#contracts';
import { type Logger, messageOf, SECOND } from '#runtime';

/**
 * `redisUrl`: of a Redis; with `?cluster=yes`, of any node of a Redis Cluster. `pool`: of `openPglitePool` or
 * `openPostgres`; the queue's tables stand in its schema `bullmq`.
 */
export type JobsConnection = { redisUrl: string } | { pool: PgPool };

export const queueOf = (stage: SweepingStage): string => `stethos-${stage}`;

export type Backend = {
  options: Pick<QueueOptions, 'connection' | 'prefix'>;
  /** undefined: BullMQ's own, which is for Redis. */
  factory: BackendFactory<RedisQueueBackend> | undefined;
  /** Calls back each time the connection is made. */
  onConnected: (connected: () => void) => void;
  disconnect: () => void;
};

// BullMQ's classes are typed for Redis and run on either.
const postgresFactory = createPostgresBackend as unknown as BackendFactory<RedisQueueBackend>;

const LONGEST_WAIT_MS = 2 * SECOND;
const LONGEST_RECONNECT_MS = 5 * SECOND;

export async function openBackend(connection: JobsConnection): Promise<Backend> {
  if ('pool' in connection) {
    await prepareTables(connection.pool);
    return { options: { connection: connection.pool }, factory: postgresFactory, onConnected() {}, disconnect() {} };
  }
  const redis = clientOf(new URL(connection.redisUrl));
  // The queue and the worker report it; without a listener of its own it would be printed as well.
  redis.on('error', () => {});
  // The braces keep the queue in one slot of a Redis Cluster.
  return {
    options: { connection: redis, prefix: '{stethos}' },
    factory: undefined,
    onConnected: (connected) => void redis.on('ready', connected),
    disconnect: () => redis.disconnect(),
  };
}

function clientOf(url: URL): Redis | Cluster {
  const isCluster = url.searchParams.get('cluster') === 'yes';
  url.searchParams.delete('cluster');
  const reconnect = (times: number): number => Math.min(100 * 2 ** times, LONGEST_RECONNECT_MS);
  const redisOptions = { maxRetriesPerRequest: null };
  if (!isCluster) return new Redis(url.href, { ...redisOptions, retryStrategy: reconnect });
  return new Cluster([url.href], {
    clusterRetryStrategy: reconnect,
    redisOptions: {
      ...redisOptions,
      username: decodeURIComponent(url.username),
      password: decodeURIComponent(url.password),
      ...(url.protocol === 'rediss:' ? { tls: {} } : {}),
    },
  });
}

/** BullMQ takes a lock, so several processes may come at once; on tables that are up to date it changes nothing. */
async function prepareTables(pool: PgPool): Promise<void> {
  const client = await pool.connect();
  const ignore = (): void => {};
  client.on('error', ignore);
  try {
    await runMigrations(client);
  } finally {
    client.release();
  }
}

/** Says once that the queue is away and once that it is back, however often it is asked meanwhile. */
export class Outage {
  readonly #logger: Logger;
  #away = false;
  constructor(logger: Logger) {
    this.#logger = logger;
  }

  get away(): boolean {
    return this.#away;
  }

  began(error: unknown): void {
    if (this.#away) return;
    this.#away = true;
    this.#logger.warn({ reason: messageOf(error) }, 'the job queue does not answer; the periodic sweeps find the work');
  }

  over(): void {
    if (!this.#away) return;
    this.#away = false;
    this.#logger.info({}, 'the job queue answers again');
  }
}

/** Waits until the queue answers, but not for long: the platform runs without it, only less promptly. */
export async function settle(
  client: { waitUntilReady(): Promise<unknown> },
  backend: Backend,
  outage: Outage,
): Promise<void> {
  backend.onConnected(() => outage.over());
  if (!(await within(LONGEST_WAIT_MS, client.waitUntilReady()))) outage.began('no answer yet');
}

/** Closing waits for a server that is away; nothing is lost by leaving. */
export async function closeInTime(closed: Promise<unknown>, backend: Backend): Promise<void> {
  await within(LONGEST_WAIT_MS, closed);
  backend.disconnect();
}

/** Whether `work` succeeded within `ms`. A later failure is nobody's concern. */
export async function within(ms: number, work: Promise<unknown>): Promise<boolean> {
  const { promise: late, resolve } = Promise.withResolvers<false>();
  const timer = setTimeout(resolve, ms, false);
  const done = work.then(
    () => true,
    () => false,
  );
  const inTime = await Promise.race([done, late]);
  clearTimeout(timer);
  return inTime;
}
