// Many brokers, one connection for each appliance: whoever lets one in says so to all others, and the latest keeps it. What
// is latest the database says, which numbers every arrival, so that no clock has to be right.
import { type Logger, messageOf, SECOND } from '#runtime';
import type { Arrival, Peers } from './ports.ts';
import type { Session, Sessions } from './sessions.ts';

type NeighboursDeps = {
  peers: Peers;
  sessions: Sessions;
  logger: Logger;
  /** In ms, only forward. */
  steadyNow: () => number;
  /** It has come to another broker. */
  moved: (session: Session) => void;
  /** A broker is gone without a word; resolves when that is in the log. */
  lost: (broker: string) => Promise<void>;
  /** This broker was taken for lost: everybody is to hear anew who is here. */
  sayAgain: () => void;
};

/** Many arrivals at once are few notifications. */
const GATHER_MS = 50;
/** Of 8,000 bytes at most. */
const IN_ONE_NOTIFICATION = 140;
const AGAIN_MS = SECOND;
const RENEWALS_IN_A_LEASE = 3;

export class Neighbours {
  readonly #deps: NeighboursDeps;
  /** The number of each arrival, null until it has one; and the highest that was heard of elsewhere meanwhile. */
  readonly #claims = new WeakMap<Session, { number: number | null; rival: number }>();
  readonly #untold = new Set<Session>();
  #telling: NodeJS.Timeout | undefined;
  #renewing: NodeJS.Timeout | undefined;
  #renewal: Promise<void> | null = null;
  #deafen: (() => Promise<void>) | undefined;
  #renewedAt = Number.NEGATIVE_INFINITY;
  /** Since when no renewal was late: who was late itself cannot tell who else is. */
  #inTimeSince = Number.POSITIVE_INFINITY;
  #stopped = false;

  constructor(deps: NeighboursDeps) {
    this.#deps = deps;
  }

  async start(): Promise<void> {
    const { peers } = this.#deps;
    this.#deafen = await peers.listen(
      (arrivals) => this.#heard(arrivals),
      () => void this.#repeatAll(),
    );
    await peers.enter();
    this.#renewedAt = this.#inTimeSince = this.#deps.steadyNow();
    this.#renewing = setInterval(() => void this.#renewOnce(), peers.leaseMs / RENEWALS_IN_A_LEASE).unref();
  }

  /** Call it when every end was said. */
  async stop(): Promise<void> {
    this.#stopped = true;
    clearTimeout(this.#telling);
    clearInterval(this.#renewing);
    await this.#renewal;
    await this.#deafen?.();
    await this.#deps.peers.leave().catch(() => {});
  }

  arrived(session: Session): void {
    this.#claims.set(session, { number: null, rival: 0 });
    this.#untold.add(session);
    this.#tellSoon(GATHER_MS);
  }

  /** Holds the lease, and looks whose is over. Never throws. */
  #renewOnce(): Promise<void> {
    this.#renewal ??= this.#renew().finally(() => {
      this.#renewal = null;
    });
    return this.#renewal;
  }

  /** What was not heard may have been about any of them. Never throws. */
  async #repeatAll(): Promise<void> {
    const arrivals = this.#deps.sessions.all().flatMap((session) => {
      const number = session.state === 'online' ? this.#claims.get(session)?.number : null;
      return number == null ? [] : [{ client: session.clientId, number }];
    });
    await this.#repeat(arrivals);
  }

  #tellSoon(inMs: number): void {
    if (!this.#stopped) this.#telling ??= setTimeout(() => void this.#tell(), inMs);
  }

  async #tell(): Promise<void> {
    const told = [...this.#untold].slice(0, IN_ONE_NOTIFICATION);
    for (const session of told) this.#untold.delete(session);
    const here = told.filter(({ state }) => state === 'online');
    let againMs = GATHER_MS;
    try {
      if (here.length > 0) this.#numbered(here, await this.#deps.peers.announce(here.map(({ clientId }) => clientId)));
    } catch (error) {
      for (const session of here) this.#untold.add(session);
      againMs = AGAIN_MS;
      this.#deps.logger.warn({ error: messageOf(error) }, 'cannot tell other brokers who is here; trying again');
    }
    this.#telling = undefined;
    if (this.#untold.size > 0) this.#tellSoon(againMs);
  }

  #numbered(sessions: readonly Session[], number: number): void {
    const earlier: Arrival[] = [];
    for (const session of sessions) {
      const claim = this.#claims.get(session)!;
      claim.number = number;
      if (claim.rival > number) this.#deps.moved(session);
      else if (claim.rival > 0) earlier.push({ client: session.clientId, number });
    }
    if (earlier.length > 0) void this.#repeat(earlier);
  }

  #heard(arrivals: readonly Arrival[]): void {
    const earlier: Arrival[] = [];
    for (const { client, number } of arrivals) {
      const session = this.#deps.sessions.online(client);
      const claim = session && this.#claims.get(session);
      if (!session || !claim) continue;
      if (claim.number === null) claim.rival = Math.max(claim.rival, number);
      else if (number > claim.number) this.#deps.moved(session);
      else if (number < claim.number) earlier.push({ client, number: claim.number });
    }
    // They hold on to what has moved here: it may be that our news was not heard there.
    if (earlier.length > 0) void this.#repeat(earlier);
  }

  async #repeat(arrivals: readonly Arrival[]): Promise<void> {
    try {
      for (let from = 0; from < arrivals.length; from += IN_ONE_NOTIFICATION)
        await this.#deps.peers.repeat(arrivals.slice(from, from + IN_ONE_NOTIFICATION));
    } catch (error) {
      this.#deps.logger.warn({ error: messageOf(error) }, 'cannot tell other brokers who is here');
    }
  }

  async #renew(): Promise<void> {
    const { peers, logger, sayAgain, steadyNow } = this.#deps;
    try {
      const kept = await peers.renew();
      const now = steadyNow();
      if (!kept || now - this.#renewedAt > peers.leaseMs) this.#inTimeSince = now;
      this.#renewedAt = now;
      if (!kept) {
        logger.warn({}, 'this broker was taken for lost; it says again who is connected');
        sayAgain();
        await this.#repeatAll();
      }
      if (now - this.#inTimeSince >= peers.leaseMs) await this.#takeLost();
    } catch (error) {
      logger.warn({ error: messageOf(error) }, 'cannot renew the lease of this broker; trying again');
    }
  }

  async #takeLost(): Promise<void> {
    const { peers, logger, lost } = this.#deps;
    const said = (broker: string): Promise<void> => {
      logger.warn({ broker }, 'a broker is gone without a word: nobody is connected there');
      return lost(broker);
    };
    while (!this.#stopped && (await peers.takeLost(said)));
  }
}
