// A data folder with an empty embedded database in it, copied from one that was made once on this machine: a first start
// takes seconds, a copy does not.
import { createHash } from 'node:crypto';
import { cpSync, existsSync, mkdirSync, mkdtempSync, readFileSync, renameSync, rmSync } from 'node:fs';
import { homedir, tmpdir } from 'node:os';
import { join } from 'node:path';
import { startPgliteThread } from '#engines/postgres';

/** A new maker of databases, or a new PGlite, makes a new template. */
const MAKERS = [
  '../../engines/postgres/pglite-open.ts',
  '../../engines/postgres/pglite-create.ts',
  '../../node_modules/@electric-sql/pglite/package.json',
];

export async function databaseDir(): Promise<Disposable & { path: string }> {
  const template = await madeOnce();
  const path = mkdtempSync(join(tmpdir(), 'stethos-database-'));
  cpSync(template, path, { recursive: true });
  return { path, [Symbol.dispose]: () => rmSync(path, { recursive: true, force: true }) };
}

async function madeOnce(): Promise<string> {
  const hash = createHash('sha256');
  for (const maker of MAKERS) hash.update(readFileSync(join(import.meta.dirname, maker)));
  const cache = join(process.env.XDG_CACHE_HOME ?? join(homedir(), '.cache'), 'stethos');
  const template = join(cache, `empty-database-${hash.digest('hex').slice(0, 12)}`);
  if (!existsSync(template)) await make(cache, template);
  return template;
}

async function make(cache: string, template: string): Promise<void> {
  mkdirSync(cache, { recursive: true });
  const own = mkdtempSync(join(cache, 'making-'));
  const thread = await startPgliteThread({ dir: own });
  await thread.close();
  try {
    renameSync(own, template);
  } catch (error) {
    // Another test process was first.
    rmSync(own, { recursive: true, force: true });
    if (!existsSync(template)) throw error;
  }
}
