// A simulated appliance on the network: what it measures, when it is due, goes out over MQTT.
import { setImmediate } from 'node:timers/promises';
import type { Id } from '#contracts';
import { record } from './appliance.ts';
import type { Link } from './behaviour.ts';
import { type Imperfections, openDisturbance } from './imperfections.ts';
import { type OutboxOptions, openOutbox } from './outbox.ts';
import { openPublisher, type PublisherEvents } from './publisher.ts';
import type { Truth } from './scenario.ts';
import { type Sample, type SimulationOptions, scenarioOf, simulateRefrigerator } from './simulation.ts';
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
};

// Long enough to be cheap, short enough that a cut or a new connection in the scenario is noticed in time.
const LOOK_AGAIN = 10 * SECOND;
const SAMPLES_PER_TURN = 500;

/** Publishes samples, each when it is due; those of the past at once, in batches. */
export function publishSamples(options: PublishOptions): Device {
  const { now = () => Date.now(), rate = 1, live = true, on = {}, linkAt = () => 'up' as const } = options;
  const outbox = openOutbox(options.outbox);
  const disturbance = openDisturbance(options.imperfections ?? {}, options.seed ?? 0);
  const finish = Promise.withResolvers<void>();
  const waiting: (() => void)[] = [];
  let timer: NodeJS.Timeout | undefined;
  let stopped = false;
  let next = options.samples.next();

  const publisher = openPublisher({
    url: options.mqttUrl,
    id: options.id,
    secret: options.secret,
    ...(options.retryMs ? { retryMs: options.retryMs } : {}),
    on: {
      ...on,
      progress() {
        pump();
        on.progress?.();
      },
    },
  });

  /** Takes samples that are due. False: there are more. */
  function collect(until: number): boolean {
    for (let i = 0; i < SAMPLES_PER_TURN; i++) {
      if (next.done || next.value.at > until) return true;
      const link = linkAt(next.value.at);
      record(outbox, next.value, link);
      on.measured?.(next.value, link);
      next = options.samples.next();
    }
    return false;
  }

  function pump(): void {
    const at = now();
    if (linkAt(at) === 'up') {
      while (publisher.ready && outbox.waiting > 0) {
        disturbance.pass({ sentAt: at, payload: outbox.take()! });
        for (const { payload } of disturbance.due(at)) publisher.send(payload);
      }
      if (publisher.ready) for (const { payload } of disturbance.due(at)) publisher.send(payload);
    }
    settle(at);
  }

  function settle(at: number): void {
    const reachable = linkAt(at) === 'up';
    if (reachable && (outbox.waiting > 0 || publisher.unacknowledged > 0)) return;
    release();
    if (next.done && outbox.waiting === 0 && disturbance.held === 0 && publisher.unacknowledged === 0) finish.resolve();
  }

  function release(): void {
    for (const go of waiting.splice(0)) go();
  }

  async function turn(): Promise<void> {
    const at = now();
    publisher.setNetwork(linkAt(at) === 'up');
    while (!stopped && !collect(at)) {
      pump();
      await setImmediate();
    }
    if (!stopped) pump();
  }

  async function run(): Promise<void> {
    await turn();
    if (stopped) return;
    const wait = next.done ? LOOK_AGAIN : Math.min(LOOK_AGAIN, Math.max(0, next.value.at - now()));
    timer = setTimeout(() => void run(), Math.ceil(wait / rate));
  }

  if (live) void run();
  return {
    async catchUp() {
      const { promise, resolve } = Promise.withResolvers<void>();
      await turn();
      waiting.push(resolve);
      pump();
      await promise;
    },
    finished: finish.promise,
    get acknowledgedMessages() {
      return publisher.acknowledged;
    },
    truth: options.truth ?? [],
    async [Symbol.asyncDispose]() {
      stopped = true;
      clearTimeout(timer);
      release();
      await publisher[Symbol.asyncDispose]();
    },
  };
}

export type DeviceOptions = ConnectionOptions &
  Omit<SimulationOptions, 'from' | 'zero'> & {
    /** Zero of the episodes, epoch ms; now when left out. Kept and given again, a restart goes on with the same life. */
    storyStart?: number;
    /** Readings up to here were handed over in an earlier life. */
    sentUntil?: number;
    /** Hours before the story's zero from which readings wait in the appliance's memory. */
    pastHours?: number;
    imperfections?: Imperfections;
    outbox?: OutboxOptions;
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
  const simulation: SimulationOptions = { ...options, zero, from: firstReading(options, now, zero) };
  const scenario = scenarioOf(simulation);
  const known = Math.max(options.sentUntil ?? Number.NEGATIVE_INFINITY, now - MEMORY);
  const cadenceMs = (options.cadenceSeconds ?? 60) * SECOND;
  return publishSamples({
    ...options,
    samples: after(simulateRefrigerator(simulation), known),
    linkAt: scenario.linkAt,
    truth: scenario.truth(options.id),
    outbox: { rebootAfterMs: Math.max(2.5 * cadenceMs, 2.5 * MINUTE), ...options.outbox },
  });
}
