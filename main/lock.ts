// One process per data folder. SQLite's lock is free again at the moment the process is gone, however it ended.
import * as fs from 'node:fs';
import * as path from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import { PlatformError } from '#runtime';

/** Nothing else in the process may open the lock file: POSIX locks vanish when any handle of it is closed. */
export function lockFolder(folder: string): Disposable {
  fs.mkdirSync(folder, { recursive: true, mode: 0o700 });
  const database = new DatabaseSync(path.join(folder, 'lock.sqlite'));
  try {
    database.exec('pragma locking_mode=exclusive; pragma journal_mode=memory; begin exclusive');
  } catch (error) {
    database.close();
    throw new PlatformError('folder-in-use', 'fatal', `Another Stethos is running on the data folder ${folder}.`, {
      hint: 'Stop it first, or give this one a folder of its own with --data DIR.',
      cause: error,
    });
  }
  return { [Symbol.dispose]: () => database.close() };
}
