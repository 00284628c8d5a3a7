// A log that begins at a position: for a folder that is restored, so that positions which were given out stay behind it.
import * as fs from 'node:fs';
import * as path from 'node:path';
import { PlatformError, syncFolder } from '#runtime';
import { segmentName } from './frames.ts';

/** The first record of the log in `folder` will stand at `position`. Throws `log-not-empty` when there is a log. */
export function beginSegmentLog(folder: string, position: number): void {
  fs.mkdirSync(folder, { recursive: true });
  if (fs.readdirSync(folder).length > 0) {
    throw new PlatformError('log-not-empty', 'reject', `There is a log in ${folder}.`);
  }
  fs.closeSync(fs.openSync(path.join(folder, segmentName(position)), 'wx'));
  syncFolder(folder);
  syncFolder(path.dirname(folder));
}
