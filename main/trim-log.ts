// The log is kept until every consumer has passed.
import { type Log, type Logger, logIsHeld, messageOf, neededFrom, oneAtATime, SECOND, type Sql } from '#runtime';

const EVERY_MS = 5 * SECOND;
export const CONSUMERS = ['readings', 'diagnosis'] as const;
export type Consumer = (typeof CONSUMERS)[number];

export type Trimming = Disposable & {
  /** Now. Never throws: what stays is trimmed the next time. */
  trim(): Promise<void>;
};

export function trimLog({ log, sql, logger }: { log: Log; sql: Sql; logger: Logger }): Trimming {
  const turn = oneAtATime();
  const trim = (): Promise<void> =>
    turn(async () => {
      try {
        if (await logIsHeld(sql)) return;
        const needed = await neededFrom(sql, CONSUMERS, log.partitions);
        for (const { partition, position } of needed) await log.trim(partition, position);
      } catch (error) {
        logger.warn({ error: messageOf(error) }, 'the log was not trimmed; it is tried again');
      }
    });
  const timer = setInterval(() => void trim(), EVERY_MS).unref();
  return { trim, [Symbol.dispose]: () => clearInterval(timer) };
}
