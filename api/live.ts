// Live updates: one subscription to changes for the whole process, handed to the listeners who may see what changed.
import type { Change } from '#contracts';
import { latestSince } from '#ingest';
import { may, sessionOf, type Viewer } from '#registry';
import { messageOf, onChange, SECOND } from '#runtime';
import type { ApiDeps } from './deps.ts';
import { KIND_OF_CHANGE, momentLookups, objectKinds } from './objects.ts';

export type Listener = {
  viewer: Viewer;
  token: string;
  send(change: Change): void;
  /** Keeps the connection from looking dead. */
  beat(): void;
  /** Closes the connection at once. */
  end(): void;
};

type LiveDeps = Pick<ApiDeps, 'sql' | 'clock' | 'logger'>;

// These pace the network, not the platform, so they run on the wall clock.
const POLL_MS = SECOND;
const HEARTBEAT_MS = 15 * SECOND;
const READINGS_AT_ONCE = 5_000;

export class Live {
  readonly #deps: LiveDeps;
  readonly #listeners = new Set<Listener>();
  /** What changed since the last hand-out; the same thing twice counts once. */
  readonly #waiting = new Map<string, Change>();
  #handingOut: Promise<void> | null = null;
  #timers: NodeJS.Timeout[] = [];
  #readingsUntil = 0;
  #stopped = false;
  #unsubscribe: () => Promise<void> = async () => {};

  constructor(deps: LiveDeps) {
    this.#deps = deps;
  }

  async start(): Promise<void> {
    this.#unsubscribe = await onChange(this.#deps.sql, (change) => this.#hear(change));
  }

  /** Call the returned function when the listener has gone. */
  listen(listener: Listener): () => void {
    if (this.#listeners.size === 0) this.#awake();
    this.#listeners.add(listener);
    return () => {
      this.#listeners.delete(listener);
      if (this.#listeners.size === 0) this.#rest();
    };
  }

  async stop(): Promise<void> {
    this.#stopped = true;
    this.#rest();
    for (const listener of [...this.#listeners]) listener.end();
    this.#listeners.clear();
    await this.#unsubscribe();
    await this.#handingOut;
  }

  #awake(): void {
    this.#readingsUntil = this.#deps.clock.now();
    this.#timers = [
      setInterval(() => this.#guarded(() => this.#pollReadings()), POLL_MS),
      setInterval(() => this.#guarded(() => this.#beat()), HEARTBEAT_MS),
    ];
  }

  #rest(): void {
    for (const timer of this.#timers) clearInterval(timer);
    this.#timers = [];
  }

  #hear(change: Change): void {
    if (this.#listeners.size === 0 || this.#stopped) return;
    this.#waiting.set(`${change.what} ${change.id}`, change);
    this.#handingOut ??= this.#handOutAll();
  }

  async #handOutAll(): Promise<void> {
    while (this.#waiting.size > 0 && !this.#stopped) {
      const changes = [...this.#waiting.values()];
      this.#waiting.clear();
      await this.#guarded(() => this.#handOut(changes));
    }
    this.#handingOut = null;
  }

  async #handOut(changes: readonly Change[]): Promise<void> {
    const { sql, clock } = this.#deps;
    const appliances = changes.filter(({ what }) => KIND_OF_CHANGE[what] === 'appliance').map(({ id }) => id);
    const kinds = objectKinds(sql, await momentLookups(sql, clock, appliances));
    for (const listener of this.#listeners) {
      for (const change of changes) {
        const kind = kinds[KIND_OF_CHANGE[change.what]];
        const object = await kind.load(change.id, listener.viewer);
        if (object && may(listener.viewer, kind.read, object)) listener.send(change);
      }
    }
  }

  /** A row that commits late behind a newer one is missed here and seen at the appliance's next reading. */
  async #pollReadings(): Promise<void> {
    const news = await latestSince(this.#deps.sql, this.#readingsUntil, READINGS_AT_ONCE);
    for (const { appliance, writtenAt } of news) {
      this.#readingsUntil = Math.max(this.#readingsUntil, writtenAt);
      this.#hear({ what: 'readings', id: appliance });
    }
  }

  /** A stream lives no longer than its session, and sees what its person may see now. */
  async #beat(): Promise<void> {
    for (const listener of [...this.#listeners]) {
      const viewer = await sessionOf(this.#deps.sql, listener.token, this.#deps.clock.now());
      if (viewer) {
        listener.viewer = viewer;
        listener.beat();
      } else {
        listener.end();
      }
    }
  }

  async #guarded(work: () => Promise<void>): Promise<void> {
    if (this.#stopped) return;
    await work().catch((error: unknown) => this.#deps.logger.error({ error: messageOf(error) }, 'live updates failed'));
  }
}
