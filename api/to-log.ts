// A record that people caused, durable before they are answered: diagnosis hears it there.
import type { LogRecord } from '#contracts';
import type { LogWriter } from '#runtime';

export const appendToLog = (log: LogWriter, record: LogRecord): Promise<void> =>
  new Promise((resolve, reject) => {
    log.append(record, (error) => (error ? reject(error) : resolve()));
  });
