// Who is connected and how each connection ended. Kept here and not in Aedes, whose own list forgets a new connection
// when an old one of the same id ends late.
import type { Client } from 'aedes';
import type { DisconnectedBody, Id } from '#contracts';

export type Cause = DisconnectedBody['cause'];

export type Session = {
  readonly id: Id;
  readonly model: string;
  readonly client: Client;
  /** Known before the end: we cut it. */
  cut: boolean;
  replacedBy: Session | null;
  state: 'arriving' | 'online' | 'over';
  /** Messages that are not yet in the log. */
  waiting: number;
};

type Told = { connected(id: Id): void; disconnected(id: Id, cause: Cause): void };
type Inner = Client & { _disconnected?: boolean; _keepaliveTimer?: NodeJS.Timeout | null };

export class Sessions {
  readonly #told: Told;
  readonly #of = new WeakMap<object, Session>();
  readonly #online = new Map<Id, Session>();
  #stopping = false;

  constructor(told: Told) {
    this.#told = told;
  }

  /** The credentials were right; it is not online yet. */
  arriving(client: Client, model: string): void {
    const session: Session = {
      id: client.id,
      model,
      client,
      cut: false,
      replacedBy: null,
      state: 'arriving',
      waiting: 0,
    };
    this.#of.set(client, session);
    const before = this.#online.get(client.id);
    if (before) before.replacedBy = session;
  }

  ready(client: Client): void {
    const session = this.#of.get(client);
    if (session?.state !== 'arriving' || client.closed) return;
    const before = this.#online.get(session.id);
    if (before) {
      this.#end(before);
      before.client.close();
    }
    session.state = 'online';
    this.#online.set(session.id, session);
    this.#told.connected(session.id);
  }

  /** May be called more than once for one connection. */
  gone(client: Client): void {
    const session = this.#of.get(client);
    if (session?.state === 'online') this.#end(session);
  }

  of(client: Client): Session | undefined {
    return this.#of.get(client);
  }

  online(id: Id): Session | undefined {
    return this.#online.get(id);
  }

  /** Connections that end from now on end because the platform stops. */
  stop(): void {
    this.#stopping = true;
  }

  /** While the log is slow sockets are not read: without this every appliance's keep-alive would run out at once. */
  excuseWaiting(): void {
    for (const { waiting, client } of this.#online.values())
      if (waiting > 0) (client as Inner)._keepaliveTimer?.refresh();
  }

  #end(session: Session): void {
    session.state = 'over';
    if (this.#online.get(session.id) === session) this.#online.delete(session.id);
    this.#told.disconnected(session.id, this.#causeOf(session));
  }

  #causeOf({ cut, client, replacedBy }: Session): Cause {
    if (cut) return 'refused';
    if ((client as Inner)._disconnected) return 'goodbye';
    if (this.#stopping) return 'shutdown';
    return replacedBy && !replacedBy.client.closed ? 'replaced' : 'lost';
  }
}
