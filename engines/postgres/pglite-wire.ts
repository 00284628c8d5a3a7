// A client's end of a message port: requests out, replies and notifications in.
import { EventEmitter } from 'node:events';
import type { MessagePort } from 'node:worker_threads';
import { databaseClosed } from './database-errors.ts';
import { type QueryRequest, type QueryResult, type Reply, type Request, SINGLE_STATEMENTS } from './pglite-protocol.ts';

type Waiting = { resolve: (result: QueryResult) => void; reject: (error: Error) => void };
type Notified = (channel: string, payload: string) => void;

export class PgliteWire {
  readonly #port: MessagePort;
  readonly #int8: QueryRequest['int8'];
  readonly #waiting = new Map<number, Waiting>();
  readonly #notes = new EventEmitter<{ note: [channel: string, payload: string] }>().setMaxListeners(0);
  #lastId = 0;
  #lastSession = SINGLE_STATEMENTS;
  #closed = false;

  constructor(port: MessagePort, int8: QueryRequest['int8']) {
    this.#port = port;
    this.#int8 = int8;
    port.on('message', (reply: Reply) => this.#heard(reply));
    port.on('close', () => this.#over());
    port.unref();
  }

  newSession(): number {
    return ++this.#lastSession;
  }

  query(session: number, text: string, params: readonly unknown[] = []): Promise<QueryResult> {
    return this.#ask((id) => ({ id, kind: 'query', session, text, params, int8: this.#int8 }));
  }

  async listen(channel: string): Promise<void> {
    await this.#ask((id) => ({ id, kind: 'listen', channel }));
  }

  /** Rolls back what the session left open. */
  release(session: number): void {
    if (!this.#closed) this.#port.postMessage({ id: 0, kind: 'release', session } satisfies Request);
  }

  onNotification(heard: Notified): () => void {
    this.#notes.on('note', heard);
    return () => this.#notes.off('note', heard);
  }

  close(): void {
    this.#port.close();
    this.#over();
  }

  #ask(request: (id: number) => Request): Promise<QueryResult> {
    if (this.#closed) return Promise.reject(databaseClosed());
    const id = ++this.#lastId;
    return new Promise((resolve, reject) => {
      this.#port.postMessage(request(id));
      // A thread stays alive for an answer, not for a port that is merely open.
      if (this.#waiting.size === 0) this.#port.ref();
      this.#waiting.set(id, { resolve, reject });
    });
  }

  #heard(reply: Reply): void {
    if ('channel' in reply) {
      this.#notes.emit('note', reply.channel, reply.payload);
      return;
    }
    const waiting = this.#waiting.get(reply.id);
    this.#waiting.delete(reply.id);
    if (this.#waiting.size === 0) this.#port.unref();
    if ('error' in reply) waiting?.reject(Object.assign(new Error(reply.error.message), reply.error.fields));
    else waiting?.resolve(reply.result);
  }

  #over(): void {
    this.#closed = true;
    for (const { reject } of this.#waiting.values()) reject(databaseClosed());
    this.#waiting.clear();
  }
}
