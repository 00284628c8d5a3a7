// The Sql port on PGlite's thread.
import type { MessagePort } from 'node:worker_threads';
import type { Sql } from '#runtime';
import { SINGLE_STATEMENTS } from './pglite-protocol.ts';
import { PgliteWire } from './pglite-wire.ts';
import { Transactions } from './transaction.ts';

// One for the thread, as its ports lead to one PGlite: BullMQ's pool must not be asked inside a transaction of Sql either.
export const pgliteTransactions = new Transactions();

/** `port` comes from `PgliteThread.port()` and serves this adapter alone. Disposing closes the port, not the database. */
export function openPgliteSql(port: MessagePort): Sql & AsyncDisposable {
  const wire = new PgliteWire(port, 'number');
  return {
    async query<Row extends object>(text: string, params?: readonly unknown[]) {
      pgliteTransactions.refuseInside();
      return (await wire.query(SINGLE_STATEMENTS, text, params)).rows as Row[];
    },
    async transaction(work) {
      pgliteTransactions.refuseInside();
      const session = wire.newSession();
      try {
        return await pgliteTransactions.run({ query: (text, params) => wire.query(session, text, params) }, work);
      } finally {
        wire.release(session);
      }
    },
    async listen(channel, heard) {
      pgliteTransactions.refuseInside();
      const stop = wire.onNotification((name, payload) => {
        if (name === channel) heard(payload);
      });
      await wire.listen(channel);
      return async () => stop();
    },
    async [Symbol.asyncDispose]() {
      wire.close();
    },
  };
}
