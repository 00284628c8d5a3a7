// The log as the broker sees it, with a count of what passed: messages that were acknowledged, connections that are open.
import type { LogWriter } from '#runtime';

export type Passed = { messagesAccepted: number; connections: number };

export function countedLog(log: LogWriter): LogWriter & { readonly passed: Passed } {
  const passed: Passed = { messagesAccepted: 0, connections: 0 };
  return {
    passed,
    append(record, done) {
      if (record.kind === 'connected') passed.connections++;
      if (record.kind === 'disconnected') passed.connections--;
      if (record.kind !== 'message') return log.append(record, done);
      log.append(record, (error) => {
        if (!error) passed.messagesAccepted++;
        done(error);
      });
    },
  };
}
