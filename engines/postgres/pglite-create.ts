// First start, as a short-lived worker (initdb needs a lot of memory, which goes away with the thread): the database
// takes its name only when every file and directory of it is on disk, so a killed first start leaves nothing half-made.
import { renameSync, rmSync } from 'node:fs';
import { dirname } from 'node:path';
import { workerData } from 'node:worker_threads';
import { syncPath, syncTree } from './fsync-files.ts';
import { openPglite } from './pglite-open.ts';

const { dir, unfinished } = workerData as { dir: string; unfinished: string };
rmSync(unfinished, { recursive: true, force: true });
const failed = (error: unknown): never => {
  throw error;
};
const db = await openPglite(unfinished, { done: () => {}, failed });
await db.close();
syncTree(unfinished);
renameSync(unfinished, dir);
syncPath(dirname(dir));
