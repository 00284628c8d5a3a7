// The name of a file that was made, renamed or deleted is on the disk when its folder is.
import * as fs from 'node:fs';

/** Throws what the system says. */
export function syncFolder(folder: string): void {
  const handle = fs.openSync(folder, 'r');
  try {
    fs.fsyncSync(handle);
  } finally {
    fs.closeSync(handle);
  }
}
