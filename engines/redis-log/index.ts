// The door of the log on Redis Streams, for platforms of several processes.
export { openRedisLogLoad, positionAfter, positionFrom, type RedisLogLoad } from './load.ts';
export { openRedisLogSource } from './redis-log-reader.ts';
export { openRedisLog, type RedisLogOptions } from './redis-log-writer.ts';
