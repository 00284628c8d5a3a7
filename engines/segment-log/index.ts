// The door of the segment log: the embedded, durable sequence of records.
export { beginSegmentLog } from './begin.ts';
export { openSegmentLogReader, openSegmentLogSource } from './segment-log-reader.ts';
export { openSegmentLogWriter, type SegmentLogWriter } from './segment-log-writer.ts';
