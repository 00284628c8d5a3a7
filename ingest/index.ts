// The door of ingest: raw messages become readings in the store, or quarantine with a reason.
export { Ageing, type AgeingDeps } from './ageing.ts';
export { type Horizons, horizonsAt, type KeepRules } from './ageing-rule.ts';
export { FUTURE_TOLERANCE_MS, RAW_READINGS_DAYS } from './checks.ts';
export type { TakeAnswers } from './command-answers.ts';
export { type Decode, type Decoded, makeDecode } from './decode.ts';
export { type ApplianceDay, type DueDay, type DueDays, dueDays } from './due-days.ts';
export { type HistoryDeps, seriesOf } from './history.ts';
export { heardCount, type Latest, latestOf, latestSince } from './latest.ts';
export {
  BALANCES,
  type Balance,
  type Checked,
  checkMessages,
  checkQuarantine,
  checkReadings,
  type Difference,
} from './ledger/check.ts';
export { DoorCounts, type DoorCountsDeps } from './ledger/door.ts';
export {
  checkCounts,
  checkDay,
  checkStore,
  forgetLedger,
  hasLedgerAlarm,
  type LedgerAlarm,
  type LedgerDay,
  type LedgerDeps,
  lastLedgerChecks,
  listLedgerAlarms,
  listLedgerDays,
  settleLedgerAlarm,
  standingDifferences,
} from './ledger/ledger.ts';
export { momentsOf } from './moments-of.ts';
export { movePositions, POSITIONS_KEPT } from './move-positions.ts';
export type { ReadingsStore, SealPayloads, Span, StoredReading } from './ports.ts';
export {
  forgetAppliances,
  forgetQuarantine,
  listQuarantine,
  type QuarantinedMessage,
  quarantinedSince,
} from './quarantine.ts';
export { type ReadingsWorker, type ReadingsWorkerDeps, startReadingsWorker } from './readings-worker.ts';
export {
  askReplay,
  forgetReplays,
  listRejected,
  listReplays,
  type Rejected,
  type Replay,
  type ReplayDeps,
  rejectedById,
  replayById,
  type Selection,
  sweepReplays,
} from './replay.ts';
export { QUARANTINE_LIFE, type QuarantineEvent, type QuarantineState } from './replay-life.ts';
export { ingestTables } from './tables.ts';
