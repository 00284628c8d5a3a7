// Who is connected and how each connection ended. Kept here and not in Aedes, whose own list forgets a new connection
// when an old one of the same id ends late.
import type { Client } from 'aedes';
import type { DisconnectedBody, Id } from '#contracts';
import type { Principal } from '#registry';
import { Line } from './line.ts';

export type Cause = DisconnectedBody['cause'];

export type Session = {
  readonly clientId: string;
  readonly client: Client;
  /** As it was when last looked at. */
  principal: Principal;
  /** Known before the end: we cut it. */
  cut: boolean;
  /** Its credential is over: nothing that it says counts any more, not even its will. */
  revoked: boolean;
  replacedBy: Session | null;
  /** It has come to another broker. */
  moved: boolean;
  state: 'arriving' | 'online' | 'over';
  /** Messages that are not yet in the log. */
  waiting: number;
  /** Those of them that are over a limit. */
  readonly line: Line;
  /** Nothing is read from it before then, in steady ms: it says too much that is no message. */
  silentUntil: number;
  /** What a unit asked with a provisioning key. */
  requests: number;
};

type Told = {
  connected(appliance: Id): void;
  disconnected(appliance: Id, cause: Cause): void;
  /** In ms, only forward. */
  steadyNow(): number;
};
type Inner = Client & { _disconnected?: boolean; _keepaliveTimer?: NodeJS.Timeout | null };

function spokenForBy(principal: Principal): Iterable<Id> {
  switch (principal.kind) {
    case 'appliance':
      return [principal.id];
    case 'gateway':
      return principal.behind.keys();
    case 'provisioning':
      return [];
  }
}

export class Sessions {
  readonly #told: Told;
  readonly #of = new WeakMap<object, Session>();
  readonly #online = new Map<string, Session>();
  readonly #ofPrincipal = new Map<Id, Set<Session>>();
  /** An appliance may speak for itself and through a gateway at the same time: it is connected while one of them is. */
  readonly #speakers = new Map<Id, Set<Session>>();
  #stopping = false;

  constructor(told: Told) {
    this.#told = told;
  }

  /** The credentials were right; it is not online yet. */
  arriving(client: Client, principal: Principal): void {
    const session: Session = {
      clientId: client.id,
      client,
      principal,
      cut: false,
      revoked: false,
      replacedBy: null,
      moved: false,
      state: 'arriving',
      waiting: 0,
      line: new Line(() => this.#told.steadyNow()),
      silentUntil: 0,
      requests: 0,
    };
    this.#of.set(client, session);
    const same = this.#ofPrincipal.get(principal.id) ?? new Set();
    this.#ofPrincipal.set(principal.id, same.add(session));
    const before = this.#online.get(client.id);
    if (before) before.replacedBy = session;
  }

  ready(client: Client): void {
    const session = this.#of.get(client);
    if (session?.state !== 'arriving' || client.closed) return;
    const before = this.#online.get(session.clientId);
    if (before) {
      this.#end(before);
      before.client.close();
    }
    session.state = 'online';
    this.#online.set(session.clientId, session);
    for (const appliance of spokenForBy(session.principal)) this.#speaks(session, appliance);
  }

  /** May be called more than once for one connection. */
  gone(client: Client): void {
    const session = this.#of.get(client);
    if (session?.state === 'online') this.#end(session);
    else if (session?.state === 'arriving') this.#forget(session);
  }

  of(client: Client): Session | undefined {
    return this.#of.get(client);
  }

  online(id: string): Session | undefined {
    return this.#online.get(id);
  }

  /** Who speaks for this appliance now: itself, its gateway, or both. */
  speakersFor(appliance: Id): Iterable<Session> {
    return this.#speakers.get(appliance) ?? [];
  }

  /** Every connection of an appliance, a gateway or a provisioning key, also one that is not online yet. */
  ofPrincipal(id: Id): readonly Session[] {
    return [...(this.#ofPrincipal.get(id) ?? [])];
  }

  all(): readonly Session[] {
    return [...this.#ofPrincipal.values()].flatMap((sessions) => [...sessions]);
  }

  /** What it may do has changed. Returns the appliances that it speaks for since now. */
  changed(session: Session, principal: Principal): Id[] {
    const before = new Set(spokenForBy(session.principal));
    session.principal = principal;
    if (session.state !== 'online') return [];
    const now = new Set(spokenForBy(principal));
    for (const appliance of before.difference(now)) this.#silent(session, appliance, 'goodbye');
    const added = [...now.difference(before)];
    for (const appliance of added) this.#speaks(session, appliance);
    return added;
  }

  /** Every appliance that is connected, itself or through its gateway. */
  appliances(): Iterable<Id> {
    return this.#speakers.keys();
  }

  /** Connections that end from now on end because the platform stops. */
  stop(): void {
    this.#stopping = true;
  }

  /** While the log is slow sockets are not read: without this every appliance's keep-alive would run out at once. */
  excuseWaiting(): void {
    const now = this.#told.steadyNow();
    for (const { waiting, silentUntil, client } of this.#online.values())
      if (waiting > 0 || silentUntil > now) (client as Inner)._keepaliveTimer?.refresh();
  }

  #speaks(session: Session, appliance: Id): void {
    const speakers = this.#speakers.get(appliance) ?? new Set();
    this.#speakers.set(appliance, speakers.add(session));
    if (speakers.size === 1) this.#told.connected(appliance);
  }

  #silent(session: Session, appliance: Id, cause: Cause): void {
    const speakers = this.#speakers.get(appliance);
    if (!speakers?.delete(session) || speakers.size > 0) return;
    this.#speakers.delete(appliance);
    this.#told.disconnected(appliance, cause);
  }

  #end(session: Session): void {
    this.#forget(session);
    if (this.#online.get(session.clientId) === session) this.#online.delete(session.clientId);
    const cause = this.#causeOf(session);
    for (const appliance of spokenForBy(session.principal)) this.#silent(session, appliance, cause);
  }

  #forget(session: Session): void {
    session.state = 'over';
    session.line.end();
    const same = this.#ofPrincipal.get(session.principal.id);
    same?.delete(session);
    if (same?.size === 0) this.#ofPrincipal.delete(session.principal.id);
  }

  #causeOf({ cut, client, moved, replacedBy }: Session): Cause {
    if (moved) return 'replaced';
    if (cut) return 'refused';
    if ((client as Inner)._disconnected) return 'goodbye';
    if (this.#stopping) return 'shutdown';
    return replacedBy && !replacedBy.client.closed ? 'replaced' : 'lost';
  }
}
