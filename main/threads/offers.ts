// What the threads offer each other, and what each is given at its start.
import type { MessagePort } from 'node:worker_threads';
import type { DemoAccount } from '#api';
import type { Id, LogRecord, Notice, SeriesPoint, Sweep } from '#contracts';
import type { ReadingsStore } from '#ingest';
import type { ClockSpec } from '#runtime';
import type { Manifest } from '../backup/manifest.ts';
import type { Settings } from '../config.ts';
import type { LogAccess } from '../log-engine.ts';

export type SeriesQuery = Parameters<ReadingsStore['series']>[0];

/** The main thread: MQTT and the log. */
export type MainOffers = {
  append(record: LogRecord): Promise<void>;
  notify(appliance: Id, notice: Notice): void;
  /** Each part of this process by name: "ok", or what is wrong with it. */
  ready(): Promise<Record<string, string>>;
  /** Of this process, but for what the thread that asks counts itself; as text for Prometheus. */
  figures(): Promise<string>;
  /** What the log holds until now goes as soon as every consumer has passed. */
  rollLog(): void;
};

/** How a consumer of the log gets on, on the partitions that this process works on. */
export type ConsumerState = { partitions: number; lagMs: number };
export type ReadingsState = ConsumerState & { waiting: string | null; quarantined: number };
export type PeopleState = { queueAway: boolean; sweeps: Partial<Record<Sweep, number>> };

type Consuming = {
  start(): Promise<void>;
  stop(): Promise<void>;
  /** Whether everything that is in the log now has been taken. */
  caughtUp(): Promise<boolean>;
};
export type ReadingsOffers = Consuming & {
  /** Writes all latest values now. */
  flush(): Promise<void>;
  state(): Promise<ReadingsState>;
  count: ReadingsStore['count'];
  /** A second file of the embedded store. */
  copyTo(file: string): Promise<void>;
};
/** Directly to the threads that ask for history. */
export type SeriesOffers = {
  series(query: SeriesQuery): Promise<SeriesPoint[]>;
  readings: ReadingsStore['readings'];
  rollups: ReadingsStore['rollups'];
  count: ReadingsStore['count'];
};

export type DiagnosisOffers = Consuming & { state(): Promise<ConsumerState> };

export type BacktestOffers = { start(): Promise<void>; stop(): Promise<void> };

export type BackupOffers = { make(wish: { to: string; keysTo: string }): Promise<Manifest>; stop(): Promise<void> };

export type PeopleOffers = {
  start(): Promise<{ url: string | null; setUpToken: string | null }>;
  stop(): Promise<void>;
  /** Runs all sweeps until none finds anything to do. */
  sweepAll(): Promise<void>;
  state(): PeopleState;
  /** What this thread counts, as text for Prometheus. */
  figures(): Promise<string>;
};

export type ThreadData = {
  settings: Settings;
  folder: string;
  clock: ClockSpec;
  terminalToo: boolean;
  pepper: string;
  main: MessagePort;
  /** Ports of the embedded database; null with DATABASE_URL. */
  database: { sql: MessagePort; jobs: MessagePort } | null;
  /** This process among those that share the log; alone when it cannot be shared. */
  member: { id: string; alone: boolean };
};
/** `series`: ports to those who ask for history. */
export type ReadingsData = ThreadData & { log: LogAccess; series: MessagePort[]; engineWork: SharedArrayBuffer };
/** `series` as in `PeopleData`. */
export type DiagnosisData = ThreadData & { log: LogAccess; series: MessagePort | null };
/** `series` as in `PeopleData`. */
export type BacktestData = ThreadData & { series: MessagePort | null };
export type BackupData = ThreadData & { log: LogAccess };
export type PeopleData = ThreadData & {
  /** To the readings of this process; null: they are asked for at InfluxDB. */
  series: MessagePort | null;
  mqtt: { host: string; port: number };
  webRoot: string | null;
  demo: { accounts: DemoAccount[] } | null;
};
