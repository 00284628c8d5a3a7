// The door of the segment log: the embedded, durable sequence of records.
export { openSegmentLogReader, type SegmentLogReader } from './segment-log-reader.ts';
export { openSegmentLogWriter, type SegmentLogOptions, type SegmentLogWriter } from './segment-log-writer.ts';
