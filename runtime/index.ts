// The door of runtime: the few tools every stage needs, and the ports that several rooms need.
export { announce, CHANGES, keepChanges, onChange } from './changes.ts';
export { type ConsumerRow, consumerRows, placeConsumers } from './consumer-rows.ts';
export { type Place, pageOf, placeOf } from './cursor.ts';
export { fireEach } from './due.ts';
export { cannotListen, type ErrorKind, messageOf, PlatformError } from './errors.ts';
export { holding, keepFrom, keptFrom, Lease, leaseTables, neededFrom, saveCheckpoint, takeLease } from './lease.ts';
export { LogFollower } from './log-follower.ts';
export { holdLog, type LogHold, logIsHeld } from './log-hold.ts';
export { decodeRecord, encodeRecord, factRecord, recordBytes } from './log-record.ts';
export { appliedMigrations, type Migration, migrate } from './migrate.ts';
export { oneAtATime } from './one-at-a-time.ts';
export { forgetDone, put, takeEach, waitingRows } from './outbox.ts';
export { partitionOf } from './partition.ts';
export { PartitionKeeper } from './partition-keeper.ts';
export type { Downlink, Jobs, Log, LogBatch, Logger, LogReader, LogSource, LogWriter, Sql, Stage } from './ports.ts';
export { next, step, type Transition } from './state-table.ts';
export { type Clock, type ClockSpec, DAY, HOUR, MINUTE, manualClock, openClock, SECOND } from './time.ts';
export { type EndSpan, type Heard, type SpanName, TRACE_STEPS, type Tracer, type TraceStep } from './trace.ts';
