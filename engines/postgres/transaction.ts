// Transactions as both engines run them, and the guard against asking the outer port from inside one.
import { AsyncLocalStorage } from 'node:async_hooks';
import { PlatformError, type Sql } from '#runtime';

/** One connection, or one session of PGlite. */
export interface Session {
  query(text: string, params?: readonly unknown[]): Promise<{ rows: object[]; command: string }>;
}

type Scope = { open: boolean };

export class Transactions {
  readonly #inside = new AsyncLocalStorage<Scope>();

  /** On PGlite such a query would wait for the end of the transaction that waits for it. */
  refuseInside(): void {
    if (!this.#inside.getStore()?.open) return;
    throw new PlatformError(
      'nested-query',
      'fatal',
      'Inside a transaction only the `tx` that it was given may be used.',
      {
        hint: 'Query with `tx`, or call this after the transaction.',
      },
    );
  }

  async run<T>(session: Session, work: (tx: Sql) => Promise<T>): Promise<T> {
    const scope: Scope = { open: true };
    await session.query('begin');
    try {
      const result = await this.#inside.run(scope, () => work(transactionSql(session, scope)));
      scope.open = false;
      await commit(session);
      return result;
    } catch (error) {
      scope.open = false;
      // When the connection is gone the server rolls back by itself; the first error is the one to tell.
      await session.query('rollback').catch(() => {});
      throw error;
    }
  }
}

/** PostgreSQL answers the COMMIT of a transaction in which a statement failed with ROLLBACK, and no error. */
async function commit(session: Session): Promise<void> {
  const { command } = await session.query('commit');
  if (command === 'COMMIT') return;
  throw new PlatformError('transaction-aborted', 'reject', 'A statement of the transaction failed: nothing was kept.', {
    hint: 'The error of that statement was caught inside the transaction; let it out.',
  });
}

function transactionSql(session: Session, scope: Scope): Sql {
  const assertOpen = (): void => {
    if (scope.open) return;
    throw new PlatformError('transaction-over', 'fatal', 'This transaction is over; its `tx` cannot be used any more.');
  };
  const tx: Sql = {
    async query<Row extends object>(text: string, params?: readonly unknown[]) {
      assertOpen();
      return (await session.query(text, params)).rows as Row[];
    },
    async transaction(work) {
      assertOpen();
      return savepoint(session, tx, work);
    },
    listen() {
      throw new PlatformError('listen-in-transaction', 'fatal', 'LISTEN belongs outside of a transaction.');
    },
  };
  return tx;
}

/** A transaction within a transaction can be undone alone. */
async function savepoint<T>(session: Session, tx: Sql, work: (tx: Sql) => Promise<T>): Promise<T> {
  await session.query('savepoint inner_part');
  try {
    const result = await work(tx);
    await session.query('release savepoint inner_part');
    return result;
  } catch (error) {
    await session.query('rollback to savepoint inner_part; release savepoint inner_part');
    throw error;
  }
}
