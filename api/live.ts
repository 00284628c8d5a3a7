// Live updates: one subscription to changes for the whole process, handed to the listeners who may see what changed.
import type { Change, Id } from '#contracts';
import { latestSince } from '#ingest';
import { may, onAccessChange, type Viewer } from '#registry';
import { MINUTE, messageOf, onChange, SECOND } from '#runtime';
import type { ApiDeps } from './deps.ts';
import { KIND_OF_CHANGE, momentLookups, type ObjectKinds, objectKinds } from './objects.ts';
import { RecentChanges } from './recent-changes.ts';

export type Listener = {
  viewer: Viewer;
  /** Who it is by now; null when his session or key is over. */
  who(): Promise<Viewer | null>;
  /** The id of the last event that reached the page before; null for a page that is new. */
  lastEventId: string | null;
  send(change: Change, id: string): void;
  /** From here on nothing is missed; `reset` when something before it was: the page asks again for all it shows. */
  begin(id: string, reset: boolean): void;
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
/** Readings are not looked for while nobody listens; after so long nobody goes on from before. */
const LONGEST_REST_MS = 10 * MINUTE;

export class Live {
  readonly #deps: LiveDeps;
  readonly #listeners = new Set<Listener>();
  /** Those who came and have not yet heard what they missed, with the number they go on from; null: they missed something. */
  readonly #arriving = new Map<Listener, number | null>();
  readonly #recent = new RecentChanges();
  /** What changed since the last hand-out; the same thing twice counts once. */
  readonly #waiting = new Map<string, Change>();
  #handingOut: Promise<void> | null = null;
  /** Whoever may see less by now is known before the next change is handed out. */
  #looking: Promise<void> = Promise.resolve();
  #timers: NodeJS.Timeout[] = [];
  #readingsUntil = 0;
  /** When nobody was left to listen. */
  #restingSince = 0;
  #stopped = false;
  #unsubscribe: (() => Promise<void>)[] = [];

  constructor(deps: LiveDeps) {
    this.#deps = deps;
  }

  async start(): Promise<void> {
    const { sql, clock } = this.#deps;
    this.#readingsUntil = clock.now();
    this.#restingSince = clock.now();
    this.#unsubscribe = [
      await onChange(
        sql,
        (change) => this.#hear(change),
        () => this.#missed(),
      ),
      await onAccessChange(sql, (principal) => this.#lookSoon(principal)),
    ];
  }

  /** How many listen now. */
  get size(): number {
    return this.#listeners.size + this.#arriving.size;
  }

  /** Call the returned function when the listener has gone. */
  listen(listener: Listener): () => void {
    if (this.size === 0) this.#awake();
    const { lastEventId } = listener;
    this.#arriving.set(listener, lastEventId === null ? this.#recent.newest : this.#recent.numberOf(lastEventId));
    this.#handingOut ??= this.#handOutAll();
    return () => {
      this.#listeners.delete(listener);
      this.#arriving.delete(listener);
      if (this.size === 0) this.#rest();
    };
  }

  async stop(): Promise<void> {
    this.#stopped = true;
    this.#rest();
    for (const listener of [...this.#listeners, ...this.#arriving.keys()]) listener.end();
    this.#listeners.clear();
    this.#arriving.clear();
    for (const unsubscribe of this.#unsubscribe) await unsubscribe();
    await this.#handingOut;
  }

  #awake(): void {
    const now = this.#deps.clock.now();
    if (now - this.#restingSince > LONGEST_REST_MS) {
      this.#recent.forget();
      this.#readingsUntil = now;
    }
    this.#timers = [
      setInterval(() => this.#guarded(() => this.#pollReadings()), POLL_MS),
      setInterval(() => this.#guarded(() => this.#beat()), HEARTBEAT_MS),
    ];
  }

  #rest(): void {
    this.#restingSince = this.#deps.clock.now();
    for (const timer of this.#timers) clearInterval(timer);
    this.#timers = [];
  }

  #hear(change: Change): void {
    if (this.#stopped) return;
    this.#waiting.set(`${change.what} ${change.id}`, change);
    this.#handingOut ??= this.#handOutAll();
  }

  /** Changes were announced that did not reach this process. */
  #missed(): void {
    this.#recent.forget();
    for (const listener of this.#listeners) listener.begin(this.#recent.idOf(this.#recent.newest), true);
  }

  async #handOutAll(): Promise<void> {
    // The caller notes this promise before anything of it happens.
    await Promise.resolve();
    while ((this.#waiting.size > 0 || this.#arriving.size > 0) && !this.#stopped) {
      await this.#looking;
      await this.#welcomeAll();
      const changes = [...this.#waiting.values()].map((change) => ({ change, number: this.#recent.add(change) }));
      this.#waiting.clear();
      if (!(await this.#guarded(() => this.#handOut(changes, [...this.#listeners])))) this.#missed();
    }
    this.#handingOut = null;
  }

  /** Between two hand-outs, so that nothing falls between what was missed and what comes. */
  async #welcomeAll(): Promise<void> {
    for (const [listener, number] of [...this.#arriving]) {
      const missed = number === null ? null : this.#recent.after(number);
      const id = this.#recent.idOf(missed === null ? this.#recent.newest : number!);
      listener.begin(id, missed === null);
      const told = await this.#guarded(() => this.#handOut(missed ?? [], [listener]));
      if (!told) listener.begin(this.#recent.idOf(this.#recent.newest), true);
      // It may have left meanwhile.
      if (this.#arriving.delete(listener)) this.#listeners.add(listener);
    }
  }

  async #handOut(
    changes: readonly { change: Change; number: number }[],
    listeners: readonly Listener[],
  ): Promise<void> {
    if (changes.length === 0 || listeners.length === 0) return;
    const { sql, clock } = this.#deps;
    const appliances = changes
      .filter(({ change }) => KIND_OF_CHANGE[change.what] === 'appliance')
      .map(({ change }) => change.id);
    const kinds = objectKinds(sql, await momentLookups(sql, clock, appliances));
    for (const listener of listeners) {
      for (const { change, number } of changes) {
        if (await maySee(kinds, listener.viewer, change)) listener.send(change, this.#recent.idOf(number));
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
      await this.#lookAt(listener);
      listener.beat();
    }
  }

  #lookSoon(principal: Id): void {
    this.#looking = this.#looking.then(async () => void (await this.#guarded(() => this.#lookAgain(principal))));
  }

  async #lookAgain(principal: Id): Promise<void> {
    for (const listener of [...this.#listeners, ...this.#arriving.keys()]) {
      if (listener.viewer.person === principal) await this.#lookAt(listener);
    }
  }

  async #lookAt(listener: Listener): Promise<void> {
    const viewer = await listener.who();
    if (viewer) listener.viewer = viewer;
    else listener.end();
  }

  async #guarded(work: () => Promise<void>): Promise<boolean> {
    if (this.#stopped) return false;
    try {
      await work();
      return true;
    } catch (error) {
      this.#deps.logger.error({ error: messageOf(error) }, 'live updates failed');
      return false;
    }
  }
}

async function maySee(kinds: ObjectKinds, viewer: Viewer, { what, id }: Change): Promise<boolean> {
  const kind = kinds[KIND_OF_CHANGE[what]];
  const object = await kind.load(id, viewer);
  return object !== null && may(viewer, kind.read, object);
}
