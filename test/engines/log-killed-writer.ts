// A process that appends to a log and says what was acknowledged, until it is killed.
// Arguments: `segments` FOLDER or `redis` URL, then the number of the first record.
import * as fs from 'node:fs';
import { openRedisLog } from '#engines/redis-log';
import { openSegmentLogWriter } from '#engines/segment-log';
import type { Log } from '#runtime';
import { APPLIANCES, Listener, MEBIBYTE, message } from './log-stores.ts';

export const KILLED_PARTITIONS = 4;
const IN_FLIGHT = 200;

const [engine, where, first] = process.argv.slice(2);

async function opened(): Promise<Log> {
  const logger = new Listener();
  if (engine === 'redis')
    return openRedisLog({ url: where!, partitions: KILLED_PARTITIONS, maxBytes: 4096 * MEBIBYTE, logger });
  const onFatal = (error: Error): void => {
    throw error;
  };
  return openSegmentLogWriter({ folder: where!, segmentBytes: 256 * 1024, logger, onFatal });
}

function appendForEver(log: Log): void {
  let number = Number(first);
  const next = (): void => {
    const own = number++;
    const body = `${own} `.padEnd(20 + ((own * 7_919) % 400), 'x');
    log.append(message(body, APPLIANCES[own % APPLIANCES.length]!), (error) => {
      if (error) throw error;
      fs.writeSync(1, `${own}\n`);
      next();
    });
  };
  for (let i = 0; i < IN_FLIGHT; i++) next();
}

if (process.argv[1] === import.meta.filename) appendForEver(await opened());
