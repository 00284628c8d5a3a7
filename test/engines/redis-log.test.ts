// The log on Redis Streams: the contract of every log, and what is its own.
import { afterAll, beforeAll, describe } from 'vitest';
import { describeEngine, present, type RedisServer, startRedis } from '../servers/servers.ts';
import { logContract } from './log-contract.ts';
import { redisStore } from './log-stores.ts';

describeEngine('Redis', 'Log', () => {
  let redis: RedisServer;
  beforeAll(async () => {
    redis = present(await startRedis({ appendOnly: true }));
  });
  afterAll(() => redis?.[Symbol.asyncDispose]());

  describe('with one partition', () => logContract(() => redisStore(redis, 1)));
  describe('with several', () => logContract(() => redisStore(redis, 4)));
});
