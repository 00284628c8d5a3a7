// Serves one PGlite to many message ports. Requests of one session run in order; a session in a transaction has PGlite
// alone. A transaction whose client is gone, was released, or forgot it, is rolled back, so that it cannot stop the others.
import type { MessagePort } from 'node:worker_threads';
import type { PGlite } from '@electric-sql/pglite';
import { type QueryRequest, type QueryResult, type Reply, type Request, SINGLE_STATEMENTS } from './pglite-protocol.ts';
import { describe, isCrash, run, sqlError } from './pglite-query.ts';
import { SessionLock } from './session-lock.ts';

const NOTHING: QueryResult = { rows: [], rowCount: 0, command: '' };

type Session = {
  id: number;
  tail: Promise<void>;
  gone: boolean;
  forgotten: boolean;
  timer: NodeJS.Timeout | undefined;
};

export class PgliteServer {
  readonly #db: PGlite;
  readonly #idleInTransactionMs: number;
  readonly #broken: (error: unknown) => void;
  readonly #lock = new SessionLock();
  readonly #ports = new Set<MessagePort>();
  readonly #listened = new Set<string>();

  /** `broken` is called when PGlite itself crashed and cannot go on. */
  constructor(deps: { db: PGlite; idleInTransactionMs: number; broken: (error: unknown) => void }) {
    this.#db = deps.db;
    this.#idleInTransactionMs = deps.idleInTransactionMs;
    this.#broken = deps.broken;
    deps.db.onNotification((channel, payload) => {
      for (const port of this.#ports) port.postMessage({ channel, payload } satisfies Reply);
    });
  }

  serve(port: MessagePort): void {
    const sessions = new Map<number, Session>();
    const sessionOf = (id: number): Session => {
      const session = sessions.get(id) ?? newSession(id);
      sessions.set(id, session);
      return session;
    };
    this.#ports.add(port);
    port.on('message', (request: Request) => {
      if (request.kind === 'listen') return void this.#answer(port, request.id, this.#listen(request.channel));
      const session = sessionOf(request.session);
      if (request.kind === 'release') {
        sessions.delete(session.id);
        this.#release(session);
      } else {
        this.#answer(
          port,
          request.id,
          inOrder(session, () => this.#query(session, request)),
        );
      }
    });
    port.on('close', () => {
      this.#ports.delete(port);
      for (const session of sessions.values()) this.#release(session);
    });
  }

  closePorts(): void {
    for (const port of this.#ports) port.close();
  }

  #answer(port: MessagePort, id: number, work: Promise<QueryResult>): void {
    work.then(
      (result) => port.postMessage({ id, result } satisfies Reply),
      (error: unknown) => {
        if (isCrash(error)) this.#broken(error);
        port.postMessage({ id, error: describe(error) } satisfies Reply);
      },
    );
  }

  async #query(session: Session, request: QueryRequest): Promise<QueryResult> {
    if (session.forgotten) throw sqlError('25P03', 'the transaction was idle for too long and was rolled back');
    clearTimeout(session.timer);
    if (!this.#lock.holds(session)) await this.#lock.enter(session);
    try {
      return session.gone ? NOTHING : await run(this.#db, request);
    } finally {
      await this.#leave(session);
    }
  }

  /** Inside a transaction the session keeps PGlite, unless nobody can ever end it. */
  async #leave(session: Session): Promise<void> {
    if (this.#db.closed) return;
    if (!this.#db.isInTransaction()) return this.#lock.leave();
    if (session.id !== SINGLE_STATEMENTS && !session.gone) {
      // PostgreSQL's own idle_in_transaction_session_timeout needs timers that PGlite lacks.
      session.timer = setTimeout(() => this.#forget(session), this.#idleInTransactionMs).unref();
      return;
    }
    await this.#db.exec('rollback');
    this.#lock.leave();
    if (!session.gone) throw sqlError('25001', 'a transaction needs a client of its own');
  }

  #forget(session: Session): void {
    session.forgotten = true;
    this.#rollBack(session);
  }

  #release(session: Session): void {
    session.gone = true;
    clearTimeout(session.timer);
    this.#rollBack(session);
  }

  #rollBack(session: Session): void {
    inOrder(session, async () => {
      if (!this.#lock.holds(session) || this.#db.closed) return;
      await this.#db.exec('rollback');
      this.#lock.leave();
    }).catch(this.#broken);
  }

  async #listen(channel: string): Promise<QueryResult> {
    if (this.#listened.has(channel)) return NOTHING;
    const session = newSession(SINGLE_STATEMENTS);
    await this.#query(session, {
      id: 0,
      kind: 'query',
      session: session.id,
      text: `listen "${channel.replaceAll('"', '""')}"`,
      params: [],
      int8: 'number',
    });
    this.#listened.add(channel);
    return NOTHING;
  }
}

const newSession = (id: number): Session => ({
  id,
  tail: Promise.resolve(),
  gone: false,
  forgotten: false,
  timer: undefined,
});

function inOrder<T>(session: Session, work: () => Promise<T>): Promise<T> {
  const result = session.tail.then(work);
  session.tail = result.then(
    () => {},
    () => {},
  );
  return result;
}
