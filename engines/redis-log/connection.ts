// Connections to the log's Redis, and what the log says about itself.
import { randomUUID } from 'node:crypto';
import { setTimeout as pause } from 'node:timers/promises';
import { Redis } from 'ioredis';
import { messageOf, PlatformError, SECOND } from '#runtime';
import { ABOUT, MOST_PARTITIONS } from './keys.ts';

/** Longer than a slow disk flushes; a server that is silent for so long is taken for gone, and the connection made anew. */
const SILENCE_MS = 10 * SECOND;
const LONGEST_RECONNECT_MS = SECOND;
const PATIENCE_AT_START_MS = 10 * SECOND;
const BETWEEN_ATTEMPTS_MS = SECOND / 5;

export type Connection = {
  redis: Redis;
  /** Why it is not connected, as far as known. */
  readonly trouble: string;
  /** Grows with each connection that is made: an answer counts only on the one that was checked. */
  readonly generation: number;
};

/** A command fails when the connection does, and nothing is sent twice unasked: who needs it says so itself. */
export function connect(url: string): Connection {
  const redis = new Redis(url, {
    maxRetriesPerRequest: 0,
    autoResendUnfulfilledCommands: false,
    socketTimeout: SILENCE_MS,
    connectTimeout: SILENCE_MS,
    retryStrategy: (times) => Math.min(50 * 2 ** times, LONGEST_RECONNECT_MS),
  });
  const state = { trouble: 'no connection', generation: 0 };
  redis.on('error', (error) => {
    state.trouble = messageOf(error) || String((error as NodeJS.ErrnoException).code);
  });
  redis.on('ready', () => state.generation++);
  return {
    redis,
    get trouble() {
      return state.trouble;
    },
    get generation() {
      return state.generation;
    },
  };
}

/** An answer of the server, which stays the same however often one asks; anything else is the way to it. */
export const isAnswer = (error: unknown): error is Error => error instanceof Error && error.name === 'ReplyError';

/** Tries until `work` succeeds, 10 s at most; a fatal error ends it at once. */
export async function atStart<T>(connection: Connection, work: () => Promise<T>): Promise<T> {
  for (let waitedMs = 0; ; waitedMs += BETWEEN_ATTEMPTS_MS) {
    try {
      return await work();
    } catch (error) {
      if (error instanceof PlatformError && error.kind === 'fatal') throw error;
      const why = isAnswer(error) ? messageOf(error) : connection.trouble;
      if (waitedMs >= PATIENCE_AT_START_MS)
        throw new PlatformError('log-away', 'fatal', `The Redis of LOG_REDIS_URL does not answer: ${why}.`, {
          hint: 'Check LOG_REDIS_URL, and whether that Redis runs.',
          cause: error,
        });
      await pause(BETWEEN_ATTEMPTS_MS);
    }
  }
}

/** The log's identity. At first use it is founded with so many partitions; later another number is refused. */
export async function logAbout(redis: Redis, partitions: number): Promise<{ id: string }> {
  if (!Number.isInteger(partitions) || partitions < 1 || partitions > MOST_PARTITIONS)
    throw new PlatformError(
      'log-partitions',
      'fatal',
      `A log has 1 to ${MOST_PARTITIONS} partitions, not ${partitions}.`,
    );
  let about = await redis.hgetall(ABOUT);
  if (about.id === undefined) {
    // Of several that come at once the first one founds it; the others find it.
    await redis.multi().hsetnx(ABOUT, 'id', randomUUID()).hsetnx(ABOUT, 'partitions', partitions).exec();
    about = await redis.hgetall(ABOUT);
  }
  const { id, partitions: founded } = about;
  if (id === undefined || founded === undefined) throw new Error('the log says nothing about itself');
  if (Number(founded) !== partitions)
    throw new PlatformError('log-partitions', 'fatal', `The log has ${founded} partitions, not ${partitions}.`, {
      hint: `Set LOG_PARTITIONS=${founded}. The number is fixed for the life of a deployment: every appliance has its place by it.`,
    });
  return { id };
}
