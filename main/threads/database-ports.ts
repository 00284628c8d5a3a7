// How the threads reach the embedded database.
import { MessageChannel, type MessagePort } from 'node:worker_threads';
import type { PgliteThread } from '#engines/postgres';
import type { ThreadData } from './offers.ts';

/** Channels to the embedded database, made before it is open, so that threads need not wait for it to be started. */
export class DatabasePorts {
  readonly embedded: boolean;
  readonly #waiting: MessagePort[] = [];
  #database: PgliteThread | undefined;

  constructor(embedded: boolean) {
    this.embedded = embedded;
  }

  next(): ThreadData['database'] {
    return this.embedded ? { sql: this.#channel(), jobs: this.#channel() } : null;
  }

  attach(database: PgliteThread): void {
    this.#database = database;
    for (const port of this.#waiting.splice(0)) database.attach(port);
  }

  #channel(): MessagePort {
    const { port1, port2 } = new MessageChannel();
    if (this.#database) this.#database.attach(port2);
    else this.#waiting.push(port2);
    return port1;
  }
}
