// The door of ingest: raw messages become readings in the store, or quarantine with a reason.
export { FUTURE_TOLERANCE_MS, OLDEST_READING_MS } from './checks.ts';
export { type Decode, type Decoded, makeDecode } from './decode.ts';
export { heardCount, type Latest, latestOf, latestSince } from './latest.ts';
export type { ReadingsStore, SealPayloads, StoredReading } from './ports.ts';
export {
  forgetAppliances,
  forgetQuarantine,
  keepRefused,
  listQuarantine,
  type QuarantinedMessage,
  quarantinedSince,
} from './quarantine.ts';
export { type ReadingsWorker, type ReadingsWorkerDeps, startReadingsWorker } from './readings-worker.ts';
export { ingestTables } from './tables.ts';
