// DuckDB flushes its files, not the folder that names them: a power cut could leave a flushed file without a name.
import * as fs from 'node:fs';
import * as path from 'node:path';
import { messageOf, PlatformError, syncFolder } from '#runtime';

function flushFolder(folder: string): void {
  try {
    syncFolder(folder);
  } catch (cause) {
    // What the disk holds is unknown now; trying again would not tell.
    throw new PlatformError('readings-broken', 'fatal', `The folder ${folder} cannot be flushed: ${messageOf(cause)}`, {
      cause,
      hint: 'Check the disk, then start again.',
    });
  }
}

/** Makes the folder of `file`, so that its name survives a power cut. */
export function makeFolderFor(file: string): void {
  const folder = path.resolve(path.dirname(file));
  const oldest = fs.mkdirSync(folder, { recursive: true });
  if (oldest === undefined) return;
  for (let made = folder; made !== path.dirname(oldest); made = path.dirname(made)) flushFolder(path.dirname(made));
}

/**
 * Call the returned function after each commit. DuckDB deletes its write-ahead log at a checkpoint and makes a new one
 * at the next write: a log that was not seen before gets its name flushed.
 */
export function keepNamesDurable(file: string): () => void {
  const folder = path.resolve(path.dirname(file));
  let known = '';
  return () => {
    const log = fs.statSync(`${file}.wal`, { bigint: true, throwIfNoEntry: false });
    const seen = log ? `${log.ino}/${log.birthtimeNs}` : '';
    if (seen !== known || seen === '') flushFolder(folder);
    known = seen;
  };
}
