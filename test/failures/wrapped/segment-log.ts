// The embedded log with the steps of accepting.
import { openSegmentLogWriter as open } from '../../../engines/segment-log/index.ts';
import { steppingAppend } from './stepping-append.ts';

export * from '../../../engines/segment-log/index.ts';

export const openSegmentLogWriter: typeof open = (options) => {
  const log = open(options);
  log.append = steppingAppend(log.append.bind(log));
  return log;
};
