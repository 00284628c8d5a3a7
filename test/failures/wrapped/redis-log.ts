// The log on Redis with the steps of accepting.
import { openRedisLog as open } from '../../../engines/redis-log/index.ts';
import { steppingAppend } from './stepping-append.ts';

export * from '../../../engines/redis-log/index.ts';

export const openRedisLog: typeof open = async (options) => {
  const log = await open(options);
  log.append = steppingAppend(log.append.bind(log));
  return log;
};
