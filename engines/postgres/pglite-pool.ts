// As much of pg.Pool as BullMQ uses, on PGlite's thread.
import { EventEmitter } from 'node:events';
import type { MessagePort } from 'node:worker_threads';
import { type QueryResult, SINGLE_STATEMENTS } from './pglite-protocol.ts';
import { pgliteTransactions } from './pglite-sql.ts';
import { PgliteWire } from './pglite-wire.ts';

class PgliteClient extends EventEmitter {
  /** BullMQ turns keep-alive on here; without it, it would poll instead of waiting for NOTIFY. */
  readonly connection = { stream: { setKeepAlive() {} } };
  readonly #wire: PgliteWire;
  readonly #session: number;
  readonly #deafen: () => void;

  constructor(wire: PgliteWire) {
    super();
    this.#wire = wire;
    this.#session = wire.newSession();
    this.#deafen = wire.onNotification((channel, payload) => this.emit('notification', { channel, payload }));
  }

  // biome-ignore lint/suspicious/noExplicitAny: the row type of pg
  async query<Row = any>(text: string, params?: readonly unknown[]): Promise<QueryResult & { rows: Row[] }> {
    pgliteTransactions.refuseInside();
    return (await this.#wire.query(this.#session, text, params)) as QueryResult & { rows: Row[] };
  }

  /** A transaction left open is rolled back. */
  release(_destroy?: boolean): void {
    this.#deafen();
    this.#wire.release(this.#session);
  }
}

export class PglitePool extends EventEmitter implements AsyncDisposable {
  readonly options = { keepAlive: true };
  readonly #wire: PgliteWire;

  constructor(port: MessagePort) {
    super();
    this.#wire = new PgliteWire(port, 'string');
  }

  // biome-ignore lint/suspicious/noExplicitAny: the row type of pg
  async query<Row = any>(text: string, params?: readonly unknown[]): Promise<QueryResult & { rows: Row[] }> {
    pgliteTransactions.refuseInside();
    return (await this.#wire.query(SINGLE_STATEMENTS, text, params)) as QueryResult & { rows: Row[] };
  }

  async connect(): Promise<PgliteClient> {
    return new PgliteClient(this.#wire);
  }

  async end(): Promise<void> {
    this.#wire.close();
  }

  [Symbol.asyncDispose](): Promise<void> {
    return this.end();
  }
}

/**
 * For BullMQ alone: int8 comes as text, unqualified names are found in the schema `bullmq`. `port` comes from
 * `PgliteThread.port()` and serves this adapter alone. Disposing closes the port, not the database.
 */
export const openPglitePool = (port: MessagePort): PglitePool => new PglitePool(port);
