// A simulated appliance on the network: what it measures, when it is due, goes out over MQTT.
import { setImmediate } from 'node:timers/promises';
import type { Id } from '#contracts';
import { record } from './appliance.ts';
import type { Link } from './behaviour.ts';
import { type Disturbance, type Imperfections, openDisturbance } from './imperfections.ts';
import { type Acts, type Manner, openObedience } from './obedience.ts';
import { type Outbox, type OutboxOptions, openOutbox } from './outbox.ts';
import { openPublisher, type Publisher, type PublisherEvents } from './publisher.ts';
import { type Body, refrigeratorActs } from './refrigerator-acts.ts';
import type { Truth } from './scenario.ts';
import type { Values } from './sense.ts';
import { insideAt, type Sample, type SimulationOptions, scenarioOf, simulateRefrigerator } from './simulation.ts';
import { DAY, HOUR, MINUTE, SECOND } from './time.ts';

export type ConnectionOptions = {
  mqttUrl: string;
  id: Id;
  secret: string;
  /** The appliance's clock, epoch ms; the wall clock when left out. */
  now?: () => number;
  /** Milliseconds of `now` that pass in one of the wall clock's. */
  rate?: number;
  /** False: nothing happens by itself, `catchUp` drives. For tests on a clock that stands. */
  live?: boolean;
  retryMs?: { first: number; most: number };
  on?: DeviceEvents;
};

export type DeviceEvents = PublisherEvents & { measured?(sample: Sample, link: Link): void };

export interface Device extends AsyncDisposable {
  /** Publishes all that is due now; settles when every message has its PUBACK, or at once while the appliance is not on the network. */
  catchUp(): Promise<void>;
  /** Settles when the samples have ended and every message has its PUBACK. */
  readonly finished: Promise<void>;
  readonly acknowledgedMessages: number;
  readonly truth: readonly Truth[];
}

export type PublishOptions = ConnectionOptions & {
  samples: Iterator<Sample, void, void>;
  linkAt?: (at: number) => Link;
  truth?: readonly Truth[];
  imperfections?: Imperfections;
  seed?: number;
  outbox?: OutboxOptions;
  /** How it takes commands; without it, it does not listen for them. */
  manner?: Manner | undefined;
  /** What it can be asked to do. */
  acts?: (self: Self) => Acts;
};

/** What an act may do with the device. */
type Self = Pick<Body, 'newest' | 'publishNow' | 'restart'>;

// Long enough to be cheap, short enough that a cut or a new connection in the scenario is noticed in time.
const LOOK_AGAIN = 10 * SECOND;
const SAMPLES_PER_TURN = 500;

/** Publishes samples, each when it is due; those of the past at once, in batches. */
export function publishSamples(options: PublishOptions): Device {
  const device = new PublishingDevice(options);
  if (options.live ?? true) void device.run();
  return device;
}

class PublishingDevice implements Device {
  readonly truth: readonly Truth[];
  readonly #samples: Iterator<Sample, void, void>;
  readonly #linkAt: (at: number) => Link;
  readonly #now: () => number;
  readonly #rate: number;
  readonly #measured: DeviceEvents['measured'];
  readonly #outbox: Outbox;
  readonly #disturbance: Disturbance;
  readonly #publisher: Publisher;
  readonly #finish = Promise.withResolvers<void>();
  readonly #waiting: (() => void)[] = [];
  #next: IteratorResult<Sample, void>;
  #newest: Values = {};
  #restarting = false;
  #timer: NodeJS.Timeout | undefined;
  #stopped = false;

  constructor(options: PublishOptions) {
    const { mqttUrl: url, id, secret, retryMs, manner, on = {} } = options;
    this.truth = options.truth ?? [];
    this.#samples = options.samples;
    this.#linkAt = options.linkAt ?? (() => 'up');
    this.#now = options.now ?? Date.now;
    this.#rate = options.rate ?? 1;
    this.#measured = on.measured;
    this.#outbox = openOutbox(options.outbox);
    this.#disturbance = openDisturbance(options.imperfections ?? {}, options.seed ?? 0);
    this.#next = this.#samples.next();
    const progress = () => {
      this.#pump();
      on.progress?.();
    };
    const acts = options.acts?.(this.#self()) ?? {};
    const obey = manner ? openObedience({ manner, acts, now: this.#now }) : undefined;
    const answered: DeviceEvents['answered'] = (command) => {
      on.answered?.(command);
      if (this.#restarting) this.#restart();
    };
    const heard = { ...on, progress, answered };
    this.#publisher = openPublisher({ url, id, secret, obey, ...(retryMs ? { retryMs } : {}), on: heard });
  }

  #self(): Self {
    return {
      newest: () => this.#newest,
      publishNow: () => void this.#turn(),
      restart: () => {
        this.#restarting = true;
      },
    };
  }

  /** The connection goes without a goodbye; the next turn comes back to the network. */
  #restart(): void {
    this.#restarting = false;
    this.#outbox.reboot();
    this.#publisher.setNetwork(false);
    void this.#turn();
  }

  get finished(): Promise<void> {
    return this.#finish.promise;
  }

  get acknowledgedMessages(): number {
    return this.#publisher.acknowledged;
  }

  async catchUp(): Promise<void> {
    const { promise, resolve } = Promise.withResolvers<void>();
    await this.#turn();
    this.#waiting.push(resolve);
    this.#settle(this.#now());
    await promise;
  }

  /** Turn after turn, until the device is ended. */
  async run(): Promise<void> {
    await this.#turn();
    if (this.#stopped) return;
    const due = this.#next.done ? LOOK_AGAIN : Math.max(0, this.#next.value.at - this.#now());
    this.#timer = setTimeout(() => void this.run(), Math.ceil(Math.min(LOOK_AGAIN, due) / this.#rate));
  }

  async [Symbol.asyncDispose](): Promise<void> {
    this.#stopped = true;
    clearTimeout(this.#timer);
    this.#release();
    await this.#publisher[Symbol.asyncDispose]();
  }

  async #turn(): Promise<void> {
    const at = this.#now();
    if (this.#stopped) return;
    this.#publisher.setNetwork(this.#linkAt(at) === 'up');
    while (!this.#stopped && !this.#collect(at)) {
      this.#pump();
      await setImmediate();
    }
    if (!this.#stopped) this.#pump();
  }

  /** Takes samples that are due. False: there are more. */
  #collect(until: number): boolean {
    for (let i = 0; i < SAMPLES_PER_TURN; i++) {
      if (this.#next.done || this.#next.value.at > until) return true;
      const sample = this.#next.value;
      const link = this.#linkAt(sample.at);
      record(this.#outbox, sample, link);
      this.#newest = { ...this.#newest, ...sample.values };
      this.#measured?.(sample, link);
      this.#next = this.#samples.next();
    }
    return false;
  }

  #pump(): void {
    const at = this.#now();
    if (this.#linkAt(at) === 'up') {
      for (; this.#publisher.ready && this.#outbox.waiting > 0; this.#sendDue(at)) {
        this.#disturbance.pass({ sentAt: at, payload: this.#outbox.take()! });
      }
      if (this.#publisher.ready) this.#sendDue(at);
    }
    this.#settle(at);
  }

  #sendDue(at: number): void {
    for (const { payload } of this.#disturbance.due(at)) this.#publisher.send(payload);
  }

  #settle(at: number): void {
    const handedOver = this.#outbox.waiting === 0 && this.#publisher.unacknowledged === 0;
    if (!handedOver && this.#linkAt(at) === 'up') return;
    this.#release();
    if (handedOver && this.#next.done && this.#disturbance.held === 0) this.#finish.resolve();
  }

  #release(): void {
    for (const go of this.#waiting.splice(0)) go();
  }
}

export type DeviceOptions = ConnectionOptions &
  Omit<SimulationOptions, 'from' | 'zero' | 'controls'> & {
    /** Zero of the episodes, epoch ms; now when left out. Kept and given again, a restart goes on with the same life. */
    storyStart?: number;
    /** Readings up to here were handed over in an earlier life. */
    sentUntil?: number;
    /** Hours before the story's zero from which readings wait in the appliance's memory. */
    pastHours?: number;
    imperfections?: Imperfections;
    outbox?: OutboxOptions;
    manner?: Manner;
  };

const LONGEST_RUN_UP = 30 * DAY;
const MEMORY = 7 * DAY;

function* after(samples: Generator<Sample, void, void>, at: number): Generator<Sample, void, void> {
  for (const sample of samples) if (sample.at > at) yield sample;
}

function firstReading(options: DeviceOptions, now: number, zero: number): number {
  const cadenceMs = (options.cadenceSeconds ?? 60) * SECOND;
  const from = zero - (options.pastHours ?? 0) * HOUR;
  // On the same grid, so that a reading sent twice carries the same stamp.
  const skipped = Math.max(0, Math.ceil((now - LONGEST_RUN_UP - from) / cadenceMs));
  return from + skipped * cadenceMs;
}

/** A simulated refrigerator: its buffered past first, with its true stamps, then life as it passes. */
export function startDevice(options: DeviceOptions): Device {
  const now = (options.now ?? Date.now)();
  const zero = options.storyStart ?? Math.floor(now / SECOND) * SECOND;
  const controls: Body['controls'] = { setPoint: null };
  const simulation: SimulationOptions = { ...options, controls, zero, from: firstReading(options, now, zero) };
  const inspect = () => insideAt(simulation, (options.now ?? Date.now)());
  const scenario = scenarioOf(simulation);
  const known = Math.max(options.sentUntil ?? Number.NEGATIVE_INFINITY, now - MEMORY);
  const cadenceMs = (options.cadenceSeconds ?? 60) * SECOND;
  return publishSamples({
    ...options,
    samples: after(simulateRefrigerator(simulation), known),
    linkAt: scenario.linkAt,
    truth: scenario.truth(options.id),
    acts: (self) => refrigeratorActs({ ...self, controls, inspect }),
    outbox: { rebootAfterMs: Math.max(2.5 * cadenceMs, 2.5 * MINUTE), ...options.outbox },
  });
}
