// What the threads offer each other, and what each is given at its start.
import type { MessagePort } from 'node:worker_threads';
import type { DemoAccount } from '#api';
import type { Id, LogRecord, Notice, SeriesPoint, Sweep } from '#contracts';
import type { ReadingsStore } from '#ingest';
import type { ClockSpec } from '#runtime';
import type { Settings } from '../config.ts';
import type { Passed } from '../counted-log.ts';

export type SeriesQuery = Parameters<ReadingsStore['series']>[0];

/** The main thread: MQTT and the log. */
export type MainOffers = {
  append(record: LogRecord): Promise<void>;
  notify(appliance: Id, notice: Notice): void;
  /** A consumer no longer needs the log before `position`. */
  passed(consumer: 'readings' | 'diagnosis', position: number): void;
  state(): Promise<PlatformState>;
  /** The log begins a new segment, so that what lies before goes as soon as every consumer has passed. */
  rollLog(): void;
};

export type ReadingsState = { position: number; waiting: string | null; quarantined: number };
/** Of the parts that the people thread does not see; what is null is well. */
export type PlatformState = Passed & {
  log: { end: number; blocked: string | null };
  broker: string | null;
  readings: ReadingsState;
  diagnosis: number;
};

export type ReadingsOffers = {
  start(): Promise<void>;
  stop(): Promise<void>;
  position(): number;
  /** Writes all latest values now. */
  flush(): Promise<void>;
  state(): ReadingsState;
};
/** Directly to the people thread. */
export type SeriesOffers = {
  series(query: SeriesQuery): Promise<SeriesPoint[]>;
  readings: ReadingsStore['readings'];
};

export type DiagnosisOffers = { start(): Promise<void>; stop(): Promise<void>; position(): number };

export type PeopleOffers = {
  start(): Promise<{ url: string; setUpToken: string | null }>;
  stop(): Promise<void>;
  /** Runs all sweeps until none finds anything to do. */
  sweepAll(): Promise<void>;
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
};
export type LogAccess = { folder: string; shared: SharedArrayBuffer };
export type ReadingsData = ThreadData & { log: LogAccess; series: MessagePort; engineWork: SharedArrayBuffer };
export type DiagnosisData = ThreadData & { log: LogAccess };
export type PeopleData = ThreadData & {
  series: MessagePort;
  mqtt: { host: string; port: number };
  webRoot: string | null;
  demo: { accounts: DemoAccount[] } | null;
};

export const SWEEPS: readonly Sweep[] = ['alerts', 'notifications', 'field-service', 'webhooks', 'rights'];
