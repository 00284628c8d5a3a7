// What the processes of a fleet's bench offer to it: the platform with many appliances, and who speaks for them.
import type { Credential, Usage } from '../ingest/offers.ts';

/** A connection: of an appliance (`appliances` is null), or of a gateway with those behind it. */
export type Speaker = Credential & { appliances: string[] | null };

export type FleetServerOffers = {
  start(options: { folder: string; environment: Record<string, string> }): Promise<{ port: number }>;
  /** Appliances with credentials of their own, and gateways that speak for `behind` appliances each. */
  makeFleet(options: { direct: number; gateways: number; behind: number }): Promise<Speaker[]>;
  usage(collect?: boolean): Usage;
  /** Heaps and buffers of all threads after full collections, bytes. */
  heapBytes(): Promise<number>;
  /** How far each consumer of the log is behind, ms. */
  lagsMs(): Promise<Record<string, number>>;
  /** Resolves when everything that was accepted has been taken in; returns when that was, monotonic ms. */
  caughtUp(): Promise<number>;
  stop(): Promise<void>;
};

export type FleetClientOffers = {
  /** Resolves when all are connected; the time that it took, ms. */
  connect(options: { port: number; speakers: Speaker[] }): Promise<number>;
  /** One message for each appliance in turn at a fixed rate; the times from PUBLISH (when it was due) to PUBACK, ms. */
  speak(options: { ratePerSecond: number; forMs: number }): Promise<Float64Array>;
  cpuMs(): number;
};
