// What the child processes of the bench offer to it: the two servers, and the load client.

export type Credential = { id: string; secret: string };

/** CPU times in ms since the process began. `threads` is empty where the system does not tell them apart. */
export type Usage = { cpuMs: number; rssBytes: number; threads: Record<string, number> };

export type StartedServer = {
  port: number;
  publishers: Credential[];
  /** Fresh appliances, each to have one alert. */
  samples: Credential[];
  /** Only to be connected. */
  idle: Credential[];
};

/** `at` is the machine's monotonic clock in ms, the same in every process. */
export type Seen = { appliance: string; at: number };

export type ServerOffers = {
  start(options: { folder: string; publishers: number; samples: number; idle: number }): Promise<StartedServer>;
  /** After garbage was collected, if `collect`. */
  usage(collect?: boolean): Usage;
  /** Resolves when everything that was accepted has been taken in; returns when that was, monotonic ms. */
  caughtUp(): Promise<number>;
  /** Every alert so far, and when its row was heard to be committed. */
  alertRows(): Promise<Seen[]>;
  /** Readings of one appliance, as the running server knows them. */
  count(appliance: string): Promise<number>;
  stop(): Promise<void>;
};

export type FloodResult = {
  /** Acknowledged within the window. */
  windowMessages: number;
  windowMs: number;
  /** Acknowledged from the first to the last, warm-up included. */
  messages: number;
  /** When the first was sent, monotonic ms. */
  startedAt: number;
};

export type ClientOffers = {
  /** Connects every publisher and encodes its messages: stamps begin at `firstAt` and lie `stepMs` apart. */
  connect(options: {
    port: number;
    publishers: readonly Credential[];
    firstAt: number;
    stepMs: number;
  }): Promise<{ messageBytes: number; readings: number }>;
  /** As fast as the server acknowledges, with `inFlight` messages of each publisher under way. */
  flood(options: { warmUpMs: number; windowMs: number; inFlight: number }): Promise<FloodResult>;
  /** At a fixed rate; returns the times from PUBLISH (when it was due) to PUBACK, ms. */
  paced(options: { ratePerSecond: number; forMs: number }): Promise<Float64Array>;
  openIdle(options: { port: number; idle: readonly Credential[] }): Promise<void>;
  closeIdle(): void;
  /** One message of each, which shows a fault that is going on; returns when each was sent. */
  publishSamples(options: { port: number; samples: readonly Credential[]; everyMs: number }): Promise<Seen[]>;
  /** Messages acknowledged so far, by publisher. */
  acknowledged(): number[];
  cpuMs(): number;
};
