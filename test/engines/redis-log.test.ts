// The log on Redis Streams: the contract of every log, and what is its own.
import * as fs from 'node:fs';
import { Redis } from 'ioredis';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it, vi } from 'vitest';
import { openRedisLog, openRedisLogSource } from '#engines/redis-log';
import type { Log } from '#runtime';
import { lossyLink } from '../servers/lossy-link.ts';
import { describeEngine, present, type RedisServer, startRedis } from '../servers/servers.ts';
import { logContract } from './log-contract.ts';
import { KILLED_PARTITIONS } from './log-killed-writer.ts';
import { account, killServers, killWriters, Load } from './log-kills.ts';
import { append, bodies, Listener, MEBIBYTE, message, redisStore } from './log-stores.ts';

describeEngine('Redis', 'Log', () => {
  let server: RedisServer;
  let redis: Redis;
  let stack: AsyncDisposableStack;
  beforeAll(async () => {
    server = present(await startRedis({ appendOnly: true }));
    redis = new Redis(server.url);
    redis.on('error', () => {});
  });
  afterAll(async () => {
    redis?.disconnect();
    await server?.[Symbol.asyncDispose]();
  });
  beforeEach(() => {
    stack = new AsyncDisposableStack();
  });
  afterEach(() => stack.disposeAsync());

  const portOf = ({ url }: RedisServer): number => Number(new URL(url).port);
  const started = async (settings: Record<string, string>, appendOnly = true): Promise<RedisServer> =>
    stack.use(present(await startRedis({ appendOnly, settings })));
  const open = async (url: string, options: { settingsChecked?: boolean; logger?: Listener } = {}): Promise<Log> =>
    stack.use(
      await openRedisLog({ url, partitions: 4, maxBytes: 1024 * MEBIBYTE, logger: new Listener(), ...options }),
    );
  const reader = async (url: string, logger = new Listener()) =>
    stack.use(await openRedisLogSource({ url, partitions: 4, logger })).reader(0);
  const fresh = () => redisStore(server, KILLED_PARTITIONS);

  describe('with one partition', () => logContract(() => redisStore(server, 1)));
  describe('with several', () => logContract(() => redisStore(server, 4)));

  describe('checks the server before anything is acknowledged', () => {
    it.each([
      ['appendonly', { appendonly: 'no' }],
      ['appendfsync', { appendfsync: 'everysec' }],
      ['no-appendfsync-on-rewrite', { 'no-appendfsync-on-rewrite': 'yes' }],
      ['maxmemory-policy', { 'maxmemory-policy': 'allkeys-lru' }],
      ['cluster', { 'cluster-enabled': 'yes' }],
    ])('and refuses one with another %s', async (name, settings) => {
      const { url } = await started(settings);
      const refused = await open(url).catch((error) => error);
      expect(refused).toMatchObject({ code: 'log-unfit', kind: 'fatal' });
      expect(refused.message).toContain(name);
      expect(refused.hint).not.toBe(undefined);
    });

    it('or believes the operator where it may not ask', async () => {
      await fresh();
      await redis.acl('SETUSER', 'limited', 'on', '>secret', '~*', '&*', '+@all', '-config');
      const url = server.url.replace('redis://', 'redis://limited:secret@');
      const refused = await open(url).catch((error) => error);
      expect(refused).toMatchObject({ code: 'log-unfit', kind: 'fatal' });
      expect(refused.hint).toContain('LOG_REDIS_CHECKED=yes');
      await append(await open(url, { settingsChecked: true }), message('kept'));
    });

    it('and again after each connection', async () => {
      const own = await started({});
      const other = stack.adopt(new Redis(own.url), (client) => client.disconnect());
      const logger = new Listener();
      const log = await open(own.url, { logger });
      await append(log, message('one'));
      await other.config('SET', 'appendfsync', 'everysec');
      await other.call('CLIENT', 'KILL', 'TYPE', 'normal', 'SKIPME', 'yes');
      const blocked = logger.says('takes nothing');
      const held = append(log, message('two'));
      await vi.waitUntil(() => log.blocked?.includes('appendfsync'), { timeout: 30_000 });
      await blocked;
      await other.config('SET', 'appendfsync', 'always');
      await held;
      expect(log.blocked).toBe(null);
    });
  });

  it('keeps the number of partitions that it was founded with', async () => {
    await fresh();
    await open(server.url);
    const others = { url: server.url, partitions: 5, logger: new Listener() };
    for (const open of [() => openRedisLog({ ...others, maxBytes: MEBIBYTE }), () => openRedisLogSource(others)])
      await expect(open()).rejects.toMatchObject({
        code: 'log-partitions',
        hint: expect.stringContaining('LOG_PARTITIONS=4'),
      });
  });

  it('appends each record once, whatever is lost on the way', async () => {
    const store = stack.use(await fresh());
    const losses = ['answer', 'question', 'half of the question'] as const;
    let batches = 0;
    const link = stack.use(
      await lossyLink(portOf(server), (question) => {
        if (!question.includes('#!lua')) return null;
        return batches++ % 2 === 0 ? losses[(batches >> 1) % 3]! : null;
      }),
    );
    const acknowledged: number[] = [];
    const log = await open(`redis://127.0.0.1:${link.port}`);
    const load = new Load(log, (number) => acknowledged.push(number), { inFlight: 20 });
    await load.acknowledgedMore(300);
    await load.end();
    expect(Math.min(...Object.values(link.lost))).toBeGreaterThan(1);
    expect(await account(store, acknowledged)).toMatchObject({ lost: 0, doubled: 0, disordered: 0 });
  });

  it('loses and doubles nothing when the server is killed', async () => {
    const store = stack.use(await fresh());
    const count = await killServers(store, server, 4);
    expect(count).toMatchObject({ kills: 4, lost: 0, doubled: 0, disordered: 0 });
    expect(count.acknowledged).toBeGreaterThan(1_000);
  });

  it('loses and doubles nothing when the writer is killed', async () => {
    const store = stack.use(await fresh());
    const count = await killWriters(store, ['redis', server.url], 4);
    expect(count).toMatchObject({ kills: 4, lost: 0, doubled: 0, disordered: 0 });
    expect(count.acknowledged).toBeGreaterThan(100);
  });

  describe('when the server is away', () => {
    it('waits, says why, and goes on by itself', async () => {
      const store = stack.use(await fresh());
      const logger = new Listener();
      const log = stack.use(await store.open({ logger }));
      await append(log, message('before'));
      await server.stop();
      const blocked = logger.says('takes nothing');
      const held = Array.from({ length: 500 }, (_, i) => append(log, message(`held ${i}`)));
      await blocked;
      expect(log.blocked).toContain('away');
      await server.start();
      await Promise.all(held);
      expect(log.blocked).toBe(null);
      expect(logger.lines.filter((line) => line.startsWith('warn')).length).toBeLessThan(5);
    });

    it('says that it did not keep a record when it is closed meanwhile', async () => {
      const store = stack.use(await fresh());
      const logger = new Listener();
      const log = await store.open({ logger });
      await server.stop();
      const blocked = logger.says('takes nothing');
      const held = append(log, message('held')).catch((error) => error);
      await blocked;
      await log[Symbol.asyncDispose]();
      expect(await held).toMatchObject({ code: 'log-closed' });
      await server.start();
    });

    it('lets readers that wait go on when it is back', async () => {
      const store = stack.use(await fresh());
      const log = stack.use(await store.open());
      const source = stack.use(await store.source(log));
      await append(log, message('one'));
      const end = await source.reader(0).end();
      await source.reader(0).wait(end, 10);
      await server.kill();
      await server.start();
      const waiting = source.reader(0).wait(end, 3_600_000);
      await append(log, message('two'));
      await waiting;
    });
  });

  it('acknowledges nothing while the memory of the server is full', async () => {
    const own = await started({});
    const other = stack.adopt(new Redis(own.url), (client) => client.disconnect());
    const logger = new Listener();
    const log = await open(own.url, { logger });
    await append(log, message('one'));
    await other.config('SET', 'maxmemory', '1mb');
    const full = logger.says('takes nothing');
    const held = append(log, message('two'));
    await full;
    expect(log.blocked).toContain('full');
    expect(await bodies(await reader(own.url))).toEqual(['one']);
    await other.config('SET', 'maxmemory', '0');
    await held;
    expect(await bodies(await reader(own.url))).toEqual(['one', 'two']);
  });

  it('writes nothing to a server that holds another log now', async () => {
    const store = stack.use(await fresh());
    const log = await store.open();
    await append(log, message('one'));
    await redis.flushall('SYNC');
    await open(server.url);
    const held = append(log, message('two')).catch((error) => error);
    await vi.waitUntil(() => log.blocked?.includes('another log'), { timeout: 30_000 });
    await log[Symbol.asyncDispose]();
    expect(await held).toMatchObject({ code: 'log-closed' });
    expect(await bodies(await reader(server.url))).toEqual([]);
  });

  it('tells readers, and says so, when the server came back with less than it had acknowledged', async () => {
    const store = stack.use(await fresh());
    const logger = new Listener();
    const log = stack.use(await store.open({ logger }));
    const source = stack.use(await store.source(log));
    for (let i = 0; i < 10; i++) await append(log, message(`record ${i}`));
    const end = await source.reader(0).end();
    await redis.xtrim('{stethos}:log:0', 'MAXLEN', 0);
    await redis.call('XSETID', '{stethos}:log:0', '0-4');
    await expect(source.reader(0).read(end, 1_000)).rejects.toMatchObject({ code: 'log-went-back', kind: 'fatal' });
    await redis.call('CLIENT', 'KILL', 'TYPE', 'normal', 'SKIPME', 'yes');
    await append(log, message('next'));
    expect(logger.lines).toContain('error: the log came back without records that it had acknowledged');
  });

  it('skips a damaged record, reports it and serves all others', async () => {
    await fresh();
    const log = await open(server.url);
    await append(log, message('one'));
    await redis.xadd('{stethos}:log:0', '0-*', 'r', 'no record at all');
    await append(log, message('two'));
    const logger = new Listener();
    expect(await bodies(await reader(server.url, logger), 0, 10)).toEqual(['one', 'two']);
    expect(logger.lines).toEqual(['error: skipped a damaged record of the log']);
  });

  it('leaves no trace of what was trimmed once it is rolled', async () => {
    const own = await started({});
    const store = stack.use(await redisStore(own, 4));
    const log = stack.use(await store.open());
    const source = stack.use(await store.source(log));
    await append(log, message('to be forgotten'));
    log.roll();
    const another = stack.use(await store.open());
    const onDisk = (): boolean =>
      fs.globSync(`${own.folder}/**/*.{aof,rdb}`).some((file) => fs.readFileSync(file).includes('to be forgotten'));
    expect(onDisk()).toBe(true);
    await vi.waitUntil(
      async () => {
        for (let i = 0; i < 4; i++) await another.trim(i, await source.reader(i).end());
        return !onDisk();
      },
      { timeout: 30_000, interval: 100 },
    );
  });
});
