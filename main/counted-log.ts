// The log as the broker sees it, with a count of what passed: messages that were acknowledged, connections that are open.
import type { DoorCounts } from '#ingest';
import type { LogWriter } from '#runtime';

export type Passed = { messagesAccepted: number; connections: number };

/** `ledger`: where what appliances say is counted, each with its hour. */
export function countedLog(
  log: LogWriter,
  ledger: Pick<DoorCounts, 'begin' | 'settle'>,
): LogWriter & { readonly passed: Passed } {
  const passed: Passed = { messagesAccepted: 0, connections: 0 };
  return {
    passed,
    append(record, done) {
      if (record.kind === 'connected') passed.connections++;
      if (record.kind === 'disconnected') passed.connections--;
      if (record.kind !== 'message' && record.kind !== 'command-result') return log.append(record, done);
      ledger.begin();
      log.append(record, (error) => {
        if (!error && record.kind === 'message') passed.messagesAccepted++;
        ledger.settle(record, error);
        done(error);
      });
    },
  };
}
