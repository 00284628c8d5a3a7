// The readings store is away while appliances go on talking: what is kept, how long it takes to catch up, and what it does
// to everything else.
import { setTimeout as pause } from 'node:timers/promises';
import type { ReadingsStore } from '#ingest';
import { type Child, startChild } from '../../bench/ingest/child.ts';
import { monotonicMs } from '../../bench/ingest/monotonic.ts';
import type { ClientOffers, Credential } from '../../bench/ingest/offers.ts';
import { freeEnvironment } from '../main/data-folder.ts';
import { databaseDir } from '../servers/database-dir.ts';
import { OrderedAppliance } from './ordered-appliance.ts';
import type { PlatformOffers } from './platform-child.ts';
import { type StoreAway, type StoreName, storeAway } from './store-away.ts';

export type OutageOptions = {
  store: StoreName;
  downMs: number;
  messagesPerSecond: number;
  publishers: number;
  /** In the middle of it. */
  alerts: number;
  tell: (what: string) => void;
};

export type Outage = {
  /** Messages acknowledged before, during and after it, and the readings in them. */
  messages: number;
  readings: number;
  stored: number;
  /** From its end until nothing older than two seconds waited to be stored, while messages went on. */
  backfilledMs: number;
  pubackP99Ms: number;
  /** Of the platform's process: before, and the most during and after. */
  rssBefore: number;
  rssMost: number;
  alertMs: number[];
  order: { stamps: number; wrong: number };
  quarantined: string[];
};

const BEFORE_MS = 3_000;
const LOAD_STRETCH_MS = 2_000;
const PHASES = 4;
/** Messages go on: something always waits for its batch. */
const KEEPING_UP_S = 2;
const STEP_MS = 1;
const HOUR_MS = 3_600_000;

class Run {
  readonly #options: OutageOptions;
  readonly #stack: AsyncDisposableStack;
  readonly #firstAt = Date.now() - HOUR_MS;
  readonly #times: number[] = [];
  #platform!: Child<PlatformOffers>;
  #client!: Child<ClientOffers>;
  #away!: StoreAway;
  #port = 0;
  #publishers: Credential[] = [];
  #samples: Credential[] = [];
  #ordered!: OrderedAppliance;
  #readingsEach = 0;
  #loading = true;
  #rssMost = 0;

  constructor(options: OutageOptions, stack: AsyncDisposableStack) {
    this.#options = options;
    this.#stack = stack;
  }

  async run(): Promise<Outage> {
    await this.#start();
    const ordering = this.#ordered.publish(this.#port);
    const loading = this.#load();
    await pause(BEFORE_MS);
    const rssBefore = await this.#platform.call.rssBytes();
    const watching = this.#watchMemory();
    const alertMs = await this.#beAway();
    const endedAt = monotonicMs();
    while ((await this.#platform.call.lagSeconds()) > KEEPING_UP_S) await pause(200);
    const backfilledMs = monotonicMs() - endedAt;
    this.#options.tell(`caught up after ${Math.round(backfilledMs / 100) / 10} s`);
    this.#loading = false;
    this.#ordered.stop();
    await Promise.all([loading, ordering, watching]);
    await this.#platform.call.caughtUp();
    const quarantined = await this.#platform.call.quarantined();
    await this.#platform.call.stop();
    await using store = await this.#away.open();
    return { backfilledMs, rssBefore, rssMost: this.#rssMost, alertMs, quarantined, ...(await this.#account(store)) };
  }

  async #start(): Promise<void> {
    const { store, publishers, alerts } = this.#options;
    const data = this.#stack.use(await databaseDir()).path;
    this.#away = await storeAway(store, data, this.#stack);
    const environment = await freeEnvironment(this.#away.environment);
    process.env.SLOW_STORE_FILE = environment.SLOW_STORE_FILE ?? '';
    const entry = new URL('./platform-child.ts', import.meta.url).href;
    this.#platform = this.#stack.use(startChild<PlatformOffers>(entry, this.#away.nodeOptions));
    this.#client = this.#stack.use(startChild<ClientOffers>('./load-client.ts'));
    const started = await this.#platform.call.start({ folder: data, environment });
    this.#port = started.port;
    const made = await this.#platform.call.makeAppliances(publishers + alerts + 1);
    this.#publishers = made.slice(0, publishers);
    this.#samples = made.slice(publishers, -1);
    this.#ordered = new OrderedAppliance(made.at(-1)!, this.#firstAt);
    const load = { port: this.#port, publishers: this.#publishers, firstAt: this.#firstAt, stepMs: STEP_MS };
    this.#readingsEach = (await this.#client.call.connect(load)).readings;
  }

  async #load(): Promise<void> {
    const ratePerSecond = this.#options.messagesPerSecond;
    while (this.#loading) {
      for (const ms of await this.#client.call.paced({ ratePerSecond, forMs: LOAD_STRETCH_MS })) this.#times.push(ms);
    }
  }

  async #watchMemory(): Promise<void> {
    while (this.#loading) {
      this.#rssMost = Math.max(this.#rssMost, await this.#platform.call.rssBytes());
      await pause(500);
    }
  }

  /** Returns how long after its PUBLISH each alert had its row. */
  async #beAway(): Promise<number[]> {
    const { downMs, tell } = this.#options;
    let sent: { appliance: string; at: number }[] = [];
    for (let phase = 0; phase < PHASES; phase++) {
      const until = monotonicMs() + downMs / PHASES;
      tell(`the store ${this.#away.fail(phase)}`);
      if (phase === PHASES / 2) {
        sent = await this.#client.call.publishSamples({ port: this.#port, samples: this.#samples, everyMs: 50 });
      }
      await pause(Math.max(0, until - monotonicMs()));
    }
    // Asked before the store is back: they cannot have waited for it.
    const seen = new Map(await this.#platform.call.alertSeen());
    tell(`the store ${this.#away.fail(null)}`);
    return sent.map(({ appliance, at }) => (seen.get(appliance) ?? Number.NaN) - at);
  }

  async #account(
    store: ReadingsStore,
  ): Promise<Pick<Outage, 'messages' | 'readings' | 'stored' | 'pubackP99Ms' | 'order'>> {
    const acknowledged = await this.#client.call.acknowledged();
    const messages = acknowledged.reduce((sum, count) => sum + count, 0);
    let stored = 0;
    for (const [index, { id }] of this.#publishers.entries()) {
      const to = this.#firstAt + acknowledged[index]! * STEP_MS;
      stored += await store.count({ appliance: id, from: this.#firstAt, to });
    }
    const sorted = Float64Array.from(this.#times).sort();
    return {
      messages,
      readings: messages * this.#readingsEach,
      stored,
      pubackP99Ms: sorted[Math.floor(sorted.length * 0.99)] ?? Number.NaN,
      order: await this.#ordered.wrong(store),
    };
  }
}

export async function storeOutage(options: OutageOptions): Promise<Outage> {
  await using stack = new AsyncDisposableStack();
  return await new Run(options, stack).run();
}
