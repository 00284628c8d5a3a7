// What ingest needs from a readings engine: embedded DuckDB, or InfluxDB 2.
import type { Id, Moment, Rollup, SeriesPoint, SignalValue } from '#contracts';
import type { Sql } from '#runtime';
import type { Horizons } from './ageing-rule.ts';

/** What was not accepted may say anything about anybody: it is kept as cipher text. In the order of `items`; `subject` is whose key it was. */
export type SealPayloads = (
  tx: Sql,
  items: readonly { appliance: Id; bytes: Uint8Array }[],
) => Promise<SealedPayload[]>;
export type SealedPayload = { subject: Id; sealed: Uint8Array };

/** As it was measured. `at` is epoch ms; true and false come as 1 and 0. */
export type StoredReading = { at: number; signal: string; value: Exclude<SignalValue, boolean> };

/** [from, to), epoch ms. */
export type Span = { from: number; to: number };

export interface ReadingsStore extends AsyncDisposable {
  /** Log position to go on from in that partition; 0 when nothing was ever written. Without one the first is meant, as everywhere here. */
  checkpoint(partition?: number): Promise<number>;
  /**
   * Stores all readings and the position `next` behind them. When it resolves, both are durable. Where the engine has
   * transactions they are one; where it has none, writing the same batch again changes nothing. A moment whose position
   * lies before the checkpoint is taken as stored. Throws a PlatformError of kind `retry` when the engine is away
   * (nothing is lost: call again). What it can never store is no error: whoever opened the store is told.
   */
  write(moments: readonly Moment[], next: number, partition?: number): Promise<void>;
  /** Buckets of `bucketMs`, aligned to epoch, oldest first, empty ones left out; [from, to) in epoch ms. The last write of a reading wins. */
  series(query: { appliance: Id; signal: string; from: number; to: number; bucketMs: number }): Promise<SeriesPoint[]>;
  /**
   * All readings of [from, to), epoch ms, by stamp and then by signal: at most `limit` of each signal. `next` is the stamp
   * to go on from; null when this was the last of them.
   */
  readings(query: {
    appliance: Id;
    from: number;
    to: number;
    limit: number;
  }): Promise<{ readings: StoredReading[]; next: number | null }>;
  /** How many readings of [from, to) stand in the store, of one appliance or of all: distinct (appliance, signal, at), epoch ms. */
  count(query: { appliance?: Id; from: number; to: number }): Promise<number>;
  /**
   * As `series`, from the roll-ups that begin in [from, to): what is left when raw readings are gone. A roll-up stands in
   * the bucket that it begins in.
   */
  rolledUp(query: {
    appliance: Id;
    signal: string;
    from: number;
    to: number;
    bucketMs: number;
  }): Promise<SeriesPoint[]>;
  /**
   * Where the roll-ups of [from, to) lack readings that came meanwhile, or have none yet: spans of whole `ROLLUP_MS`,
   * oldest first, that may reach beyond [from, to). Their raw readings are there.
   */
  notRolledUp(query: { appliance: Id } & Span): Promise<Span[]>;
  /** The roll-ups that begin in [from, to), by time and then by signal. Texts have none. */
  rollups(query: { appliance: Id } & Span): Promise<Rollup[]>;
  /**
   * One short piece of what is due by the horizons: rolls up what is over, without doubles, and forgets what is too old;
   * never what is not rolled up. False when nothing was left to do. It may end at any time and be called again.
   */
  age(horizons: Horizons): Promise<boolean>;
}
