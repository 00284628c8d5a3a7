// What every Jobs engine promises: a wake runs its sweep, and nobody waits for a queue that is away.
import { Redis } from 'ioredis';
import { afterAll, afterEach, beforeAll, describe, expect, it, vi } from 'vitest';
import type { Sweep, SweepingStage } from '#contracts';
import { type JobsConnection, openJobs, startJobsWorker } from '#engines/bullmq';
import { type Jobs, type Logger, manualClock, type Sql } from '#runtime';
import { freePort } from '../servers/process.ts';
import {
  describeEngine,
  present,
  type RedisCluster,
  type RedisServer,
  startRedis,
  startRedisCluster,
} from '../servers/servers.ts';
import { pgliteDatabase, postgresDatabase, type TestDatabase } from './databases.ts';

const STAGES: SweepingStage[] = ['alerts', 'field-service', 'api'];
const { clock } = manualClock(1_763_756_400_000);

describe('Jobs on PGlite', () => jobsOnDatabase(pgliteDatabase));
describeEngine('PostgreSQL', 'Jobs', () => jobsOnDatabase(postgresDatabase));
describeEngine('Redis', 'Jobs', jobsOnRedis);
describeEngine('Redis', 'Jobs of a cluster', jobsOnRedisCluster);

/** Keeps what is logged, by level. */
function memo(): Logger & { lines: string[] } {
  const lines: string[] = [];
  const write = (level: string) => (_fields: object, message: string) => void lines.push(`${level}: ${message}`);
  return { lines, info: write('info'), warn: write('warn'), error: write('error') };
}

/** Stands in for the sweeps of a platform: remembers which ran, lets a test wait for a run and hold it. */
function sweeps() {
  const runs: Sweep[] = [];
  const waiting: { sweep: Sweep; count: number; resolve: () => void }[] = [];
  let hold: Promise<void> = Promise.resolve();
  return {
    runs,
    run: async (sweep: Sweep): Promise<void> => {
      runs.push(sweep);
      for (const { sweep: wanted, count, resolve } of waiting) {
        if (runs.filter((ran) => ran === wanted).length >= count) resolve();
      }
      await hold;
    },
    ran: (sweep: Sweep, count = 1): Promise<void> =>
      new Promise((resolve) => {
        if (runs.filter((ran) => ran === sweep).length >= count) resolve();
        else waiting.push({ sweep, count, resolve });
      }),
    /** Runs that start from now on do not end before the returned function is called. */
    holdRuns: (): (() => void) => {
      const { promise, resolve } = Promise.withResolvers<void>();
      hold = promise;
      return resolve;
    },
  };
}

function jobsContract(connection: () => JobsConnection): void {
  let stack: AsyncDisposableStack;
  afterEach(() => stack?.disposeAsync());

  async function started(options: { worker?: boolean } = {}) {
    stack = new AsyncDisposableStack();
    const [platform, logger] = [sweeps(), memo()];
    const startWorker = async (): Promise<void> =>
      void stack.use(await startJobsWorker({ stages: STAGES, connection: connection(), run: platform.run, logger }));
    const jobs: Jobs = stack.use(await openJobs({ connection: connection(), clock, logger }));
    if (options.worker !== false) await startWorker();
    return { ...platform, jobs, logger, startWorker };
  }

  it('runs the sweep that is woken', async () => {
    const { jobs, ran, runs } = await started();
    await jobs.wake('alerts');
    await ran('alerts');
    await jobs.wake('notifications');
    await ran('notifications');
    expect(runs).toEqual(['alerts', 'notifications']);
  });

  it('runs once for many wakes that wait', async () => {
    const { jobs, ran, runs, startWorker } = await started({ worker: false });
    for (let i = 0; i < 10; i++) await jobs.wake('alerts');
    await jobs.wake('field-service');
    await startWorker();
    await ran('field-service');
    await jobs.wake('notifications');
    await ran('notifications');
    // The tenth wake may have met the first on its way, which leads to one more.
    expect(runs.filter((ran) => ran === 'alerts').length).toBeLessThanOrEqual(2);
  });

  it('runs once more for a wake that comes while the sweep runs', async () => {
    const { jobs, ran, holdRuns } = await started();
    const release = holdRuns();
    await jobs.wake('alerts');
    await ran('alerts');
    await jobs.wake('alerts');
    await jobs.wake('notifications');
    await ran('notifications');
    release();
    await ran('alerts', 2);
  });

  it('runs different sweeps at the same time', async () => {
    const { jobs, ran, holdRuns } = await started();
    const release = holdRuns();
    for (const sweep of ['alerts', 'notifications', 'field-service'] as const) {
      await jobs.wake(sweep);
      await ran(sweep);
    }
    release();
  });

  it('runs a delayed wake later, and a wake without delay before it', async () => {
    const { jobs, ran, runs } = await started();
    await jobs.wake('alerts', 1_000);
    await jobs.wake('notifications');
    await ran('notifications');
    expect(runs).toEqual(['notifications']);
    await ran('alerts');
    expect(runs).toEqual(['notifications', 'alerts']);
  });

  it('does not let a far wake stand in for a near one', async () => {
    const { jobs, ran } = await started();
    await jobs.wake('field-service', 3_600_000);
    await jobs.wake('field-service', 100);
    await ran('field-service');
    await jobs.wake('field-service');
    await ran('field-service', 2);
  });

  it('logs a sweep that fails, and runs it with the next wake', async () => {
    stack = new AsyncDisposableStack();
    const [platform, logger] = [sweeps(), memo()];
    const run = async (sweep: Sweep): Promise<void> => {
      await platform.run(sweep);
      if (platform.runs.length === 1) throw new Error('not today');
    };
    stack.use(await startJobsWorker({ stages: STAGES, connection: connection(), run, logger }));
    const jobs = stack.use(await openJobs({ connection: connection(), clock, logger }));
    await jobs.wake('alerts');
    await platform.ran('alerts');
    await jobs.wake('alerts');
    await platform.ran('alerts', 2);
    expect(logger.lines).toContain('error: a sweep failed');
  });

  it('waits for a run under way when it is stopped', async () => {
    const { jobs, ran, holdRuns } = await started();
    const release = holdRuns();
    await jobs.wake('alerts');
    await ran('alerts');
    let stopped = false;
    const stopping = stack.disposeAsync().then(() => {
      stopped = true;
    });
    await new Promise(setImmediate);
    expect(stopped).toBe(false);
    release();
    await stopping;
  });
}

function jobsOnDatabase(open: () => Promise<TestDatabase>): void {
  let database: TestDatabase;
  let sql: Sql;
  beforeAll(async () => {
    database = await open();
    sql = database.sql;
  });
  afterAll(() => database?.[Symbol.asyncDispose]());
  jobsContract(() => database.jobsConnection());

  it('takes a wake from inside a transaction without waiting for its end', async () => {
    const [platform, logger] = [sweeps(), memo()];
    await using _worker = await startJobsWorker({
      stages: STAGES,
      connection: database.jobsConnection(),
      run: platform.run,
      logger,
    });
    await using jobs = await openJobs({ connection: database.jobsConnection(), clock, logger });
    await sql.transaction(async (tx) => {
      await jobs.wake('alerts');
      await tx.query('select pg_sleep(0.05)');
    });
    await platform.ran('alerts');
    expect(logger.lines).toEqual([]);
  });

  it('keeps its tables out of the way of ours', async () => {
    const [row] = await sql.query<{ n: number }>(
      `select count(*) as n from pg_tables where tablename = 'job' and schemaname = 'bullmq'`,
    );
    expect(row?.n).toBe(1);
  });
}

function jobsOnRedis(): void {
  let redis: RedisServer;
  beforeAll(async () => {
    redis = present(await startRedis());
  });
  afterAll(() => redis?.[Symbol.asyncDispose]());
  jobsContract(() => ({ redisUrl: redis.url }));

  it('returns from a wake while Redis is away, says so once, and runs the sweep when it is back', async () => {
    const [platform, logger] = [sweeps(), memo()];
    const connection = { redisUrl: redis.url };
    await using _worker = await startJobsWorker({ stages: STAGES, connection, run: platform.run, logger });
    const atJobs = memo();
    await using jobs = await openJobs({ connection, clock, logger: atJobs });
    await redis.stop();
    for (let i = 0; i < 50; i++) await jobs.wake('alerts');
    await redis.start();
    await platform.ran('alerts');
    expect(atJobs.lines.filter((line) => line.startsWith('warn')).length).toBeLessThanOrEqual(1);
  });

  it('returns from a wake while the memory of Redis is full, says so, and runs the sweep when there is room', async () => {
    const [platform, logger] = [sweeps(), memo()];
    const connection = { redisUrl: redis.url };
    await using _worker = await startJobsWorker({ stages: STAGES, connection, run: platform.run, logger });
    const atJobs = memo();
    await using jobs = await openJobs({ connection, clock, logger: atJobs });
    const redisItself = new Redis(redis.url);
    await redisItself.config('SET', 'maxmemory', '1');
    await jobs.wake('alerts');
    await vi.waitUntil(() => jobs.away, { timeout: 30_000 });
    await redisItself.config('SET', 'maxmemory', '0');
    redisItself.disconnect();
    await jobs.wake('alerts');
    await platform.ran('alerts');
    expect(jobs.away).toBe(false);
  });

  it('opens, wakes and closes where no Redis ever answers', async () => {
    const connection = { redisUrl: `redis://127.0.0.1:${await freePort()}` };
    const logger = memo();
    const jobs = await openJobs({ connection, clock, logger });
    const worker = await startJobsWorker({ stages: STAGES, connection, run: async () => {}, logger });
    await jobs.wake('alerts');
    await jobs.wake('alerts', 5_000);
    await worker[Symbol.asyncDispose]();
    await jobs[Symbol.asyncDispose]();
    const said = 'warn: the job queue does not answer; the periodic sweeps find the work';
    expect(logger.lines).toEqual([said, said]);
  });
}

function jobsOnRedisCluster(): void {
  let cluster: RedisCluster;
  beforeAll(async () => {
    cluster = present(await startRedisCluster());
  });
  afterAll(() => cluster?.[Symbol.asyncDispose]());
  jobsContract(() => ({ redisUrl: `${cluster.urls[0]}?cluster=yes` }));

  it('keeps all its keys in one slot', async () => {
    const keys: string[] = [];
    for (const url of cluster.urls) {
      const node = new Redis(url);
      keys.push(...(await node.keys('*')));
      node.disconnect();
    }
    expect(keys.length).toBeGreaterThan(5);
    const node = new Redis(cluster.urls[0]!);
    const slots = await Promise.all(keys.map((key) => node.cluster('KEYSLOT', key)));
    node.disconnect();
    expect(new Set(slots).size).toBe(1);
  });
}
