// Ports that several rooms need. Adapters stand in engines/.
import type { Id, LogRecord, Notice, Sweep } from '#contracts';

/** The registry's database: PostgreSQL 15 or newer, or PGlite. SQL must suit both; tables stand in the schema `app`. */
export interface Sql {
  /** Rows as objects by column name. int8 comes as number, timestamps are not used (times are int8, epoch ms), jsonb comes parsed. */
  query<Row extends object = Record<string, unknown>>(text: string, params?: readonly unknown[]): Promise<Row[]>;
  /** All or nothing. The work must only use the `tx` it is given; a query on the outer port inside throws instead of waiting for itself. */
  transaction<T>(work: (tx: Sql) => Promise<T>): Promise<T>;
  /**
   * Calls back with the payload of each NOTIFY on `channel` until the returned function is called. `missed` is called when
   * the connection was away and is back: what was notified meanwhile was not heard.
   */
  listen(channel: string, heard: (payload: string) => void, missed?: () => void): Promise<() => Promise<void>>;
}

/** The durable sequence of everything diagnosis sees; the writing end. */
export interface LogWriter {
  /**
   * Calls `done(null)` once the record is durable, in the order of the calls; `done(error)` when it never will be.
   * Calls that arrive while a write is under way are written together (group commit). An appliance's records stand in
   * its own partition (`partitionOf`); a record about the platform itself (appliance '') stands in every one.
   */
  append(record: LogRecord, done: (error: Error | null) => void): void;
}

/** The writing end and its housekeeping. */
export interface Log extends LogWriter, AsyncDisposable {
  /** Fixed for the life of a deployment. */
  readonly partitions: number;
  /** Why nothing is accepted at this moment; null while it is. */
  readonly blocked: string | null;
  /** Frees what lies wholly before `position` of the partition; it may free less. */
  trim(partition: number, position: number): Promise<void>;
  /** What was appended until now can go as soon as every consumer has passed, however little it is. */
  roll(): void;
}

/** `positions[i]` is where `records[i]` starts; `next` is where to go on. */
export type LogBatch = { records: LogRecord[]; positions: number[]; next: number };

/**
 * The reading end of one partition. Positions grow, and stay valid until the log is trimmed behind every consumer; no two
 * records of a log share one, whatever their partition.
 */
export interface LogReader {
  /** Position behind the newest durable record. */
  end(): Promise<number>;
  /** Durable records from `position` on, about `maxBytes` of them; none at the end. A position that was trimmed away goes on at the oldest record kept. */
  read(position: number, maxBytes: number): Promise<LogBatch>;
  /** Resolves when there is something behind `position`, after `timeoutMs`, or when the signal says so. It may resolve for no reason. */
  wait(position: number, timeoutMs: number, signal?: AbortSignal): Promise<void>;
}

/** Readers of every partition, for one thread or process. */
export interface LogSource extends AsyncDisposable {
  readonly partitions: number;
  /** One at a time for each partition; it needs no closing of its own. */
  reader(partition: number): LogReader;
}

/** Queue jobs. They only wake: a lost job costs time, never the work, because a sweep finds the row. */
export interface Jobs {
  /** Asks that `sweep` runs soon, or after `delayMs`. Never throws and never waits long: the periodic sweep stands behind it. */
  wake(sweep: Sweep, delayMs?: number): Promise<void>;
}

/** To the appliance. Best effort: an appliance that is not connected misses it. */
export interface Downlink {
  notify(appliance: Id, notice: Notice): void;
}

/** Ids and codes only: names, addresses and free text never go into a log line. */
export interface Logger {
  info(fields: object, message: string): void;
  warn(fields: object, message: string): void;
  error(fields: object, message: string): void;
}

/** Everything started is stopped in reverse order. */
export interface Stage extends AsyncDisposable {
  readonly name: string;
}
