// A credential that is over ends the connection that came with it: at once when the registry says so, and at the next
// look when what it said was not heard.
import type { Id } from '#contracts';
import type { Principal } from '#registry';
import { type Logger, messageOf } from '#runtime';
import type { Access } from './ports.ts';
import type { Session, Sessions } from './sessions.ts';

type WatchDeps = {
  access: Pick<Access, 'again' | 'over' | 'changed' | 'listen'>;
  sessions: Sessions;
  logger: Logger;
  /** Ends the connection now. */
  cut: (session: Session) => void;
  /** These appliances stand behind the gateway since now. */
  attached: (appliances: readonly Id[]) => void;
};

type Asking = { changed: boolean };
/** `told`: the registry said that something changed, so not to know what is no reason to let it stay. */
type Looking = Asking & { told: boolean };

export class AccessWatch {
  readonly #deps: WatchDeps;
  readonly #knocking = new Map<string, Set<Asking>>();
  readonly #looking = new Map<Session, Looking>();
  #deafen: (() => Promise<void>) | undefined;
  #checking: Asking | null = null;

  constructor(deps: WatchDeps) {
    this.#deps = deps;
  }

  async start(): Promise<void> {
    this.#deafen = await this.#deps.access.listen(
      (principal) => this.#changed(principal),
      () => this.#missed(),
    );
  }

  async stop(): Promise<void> {
    await this.#deafen?.();
  }

  /** Asks again when something about this principal changed meanwhile: its session is not there yet to be cut. */
  async whileKnocking<T>(principal: string, ask: () => Promise<T>): Promise<T> {
    const asking: Asking = { changed: false };
    const same = this.#knocking.get(principal) ?? new Set();
    this.#knocking.set(principal, same.add(asking));
    try {
      return await untilQuiet(asking, ask);
    } finally {
      same.delete(asking);
      if (same.size === 0) this.#knocking.delete(principal);
    }
  }

  /** Looks at every connection. A registry that is away changes nothing: whoever is connected goes on. Never throws. */
  async lookAtAll(): Promise<void> {
    if (this.#checking) {
      this.#checking.changed = true;
      return;
    }
    this.#checking = { changed: false };
    try {
      await untilQuiet(this.#checking, () => this.#lookOnce());
    } catch (error) {
      this.#deps.logger.warn({ error: messageOf(error) }, 'cannot check the credentials of those who are connected');
    } finally {
      this.#checking = null;
    }
  }

  async #lookOnce(): Promise<void> {
    const { access, cut, sessions } = this.#deps;
    const here = sessions.all();
    const over = new Set(await access.over(here.map(({ principal }) => principal.credential)));
    for (const session of here) if (over.has(session.principal.credential)) cut(session);
    const gateways = here.flatMap(({ principal, revoked }) =>
      principal.kind === 'gateway' && !revoked ? [principal] : [],
    );
    const changed = gateways.length === 0 ? [] : await access.changed(gateways);
    const looks = changed.flatMap((id) => sessions.ofPrincipal(id).map((session) => this.#lookAt(session, false)));
    await Promise.all(looks);
  }

  #changed(principal: Id): void {
    for (const asking of this.#knocking.get(principal) ?? []) asking.changed = true;
    for (const session of this.#deps.sessions.ofPrincipal(principal)) void this.#lookAt(session, true);
  }

  #missed(): void {
    for (const knocking of this.#knocking.values()) for (const asking of knocking) asking.changed = true;
    void this.lookAtAll();
  }

  /** One at a time for each connection, so that an older answer never comes last. Never throws. */
  async #lookAt(session: Session, told: boolean): Promise<void> {
    const under = this.#looking.get(session);
    if (under) {
      under.changed = true;
      under.told ||= told;
      return;
    }
    const looking: Looking = { changed: false, told };
    this.#looking.set(session, looking);
    try {
      this.#take(session, await untilQuiet(looking, () => this.#deps.access.again(session.principal)));
    } catch (error) {
      this.#deps.logger.warn({ error: messageOf(error) }, 'cannot look again at what is connected');
      if (looking.told) this.#deps.cut(session);
    } finally {
      this.#looking.delete(session);
    }
  }

  #take(session: Session, now: Principal | null): void {
    if (session.state === 'over') return;
    if (now === null) return this.#deps.cut(session);
    this.#deps.attached(this.#deps.sessions.changed(session, now));
  }
}

async function untilQuiet<T>(asking: Asking, ask: () => Promise<T>): Promise<T> {
  for (;;) {
    asking.changed = false;
    const answer = await ask();
    if (!asking.changed) return answer;
  }
}
