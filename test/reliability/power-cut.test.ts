// What a power cut would leave: the embedded databases have flushed what they say is kept, seen from the kernel's side.
import * as fs from 'node:fs';
import * as os from 'node:os';
import * as path from 'node:path';
import { afterEach, describe, expect, it } from 'vitest';
import { databaseDir } from '../servers/database-dir.ts';
import { type Event, eventsOf, flushedBeforeEach, strace, traced } from './traced.ts';

const LIMIT_MS = 120_000;
const PGLITE = 'test/engines/pglite-child.ts';
const DUCKDB = 'test/engines/readings-store-killed-writer.ts';

let folders: string[] = [];
afterEach(() => {
  for (const folder of folders) fs.rmSync(folder, { recursive: true, force: true });
  folders = [];
});

function emptyFolder(): string {
  const folder = fs.realpathSync(fs.mkdtempSync(path.join(os.tmpdir(), 'stethos-traced-')));
  folders.push(folder);
  return folder;
}

describe('a trace', () => {
  it('is read call by call, also where threads overlap', () => {
    const trace = [
      '7 fsync(20</data/pg/a> <unfinished ...>',
      '8 write(1<pipe:[1]>, "inserted 1\\n", 11) = 11',
      '7 <... fsync resumed>)             = 0',
      '7 fdatasync(21</data/b>) = -1 EIO (Input/output error)',
      '9 openat(AT_FDCWD, "/data/c", O_WRONLY|O_CREAT|O_CLOEXEC, 0666) = 22</data/c>',
    ].join('\n');
    const expected: Event[] = [
      { what: 'said', line: 'inserted 1' },
      { what: 'flushed', path: '/data/pg/a' },
      { what: 'made', path: '/data/c' },
    ];
    expect(eventsOf(trace)).toEqual(expected);
  });
});

const describeTraced = strace === null ? describe.skip : describe;

describeTraced('under strace', () => {
  it('the embedded database flushes its journal before it says that a row is kept', { timeout: LIMIT_MS }, async () => {
    using database = await databaseDir();
    const events = await traced([PGLITE, database.path], path.join(emptyFolder(), 'trace'), 12);
    const before = flushedBeforeEach(events, /^inserted /);
    expect(before.length).toBeGreaterThanOrEqual(10);
    expect(before.filter((flushed) => !flushed.some((file) => file.includes('/pg_wal/')))).toEqual([]);
  });

  it('a first start flushes every file and folder before they get their name', { timeout: LIMIT_MS }, async () => {
    const folder = emptyFolder();
    const events = await traced([PGLITE, folder], path.join(emptyFolder(), 'trace'), 1);
    const named = events.findIndex((event) => event.what === 'renamed' && event.to === path.join(folder, 'pg'));
    const rename = events[named];
    if (rename?.what !== 'renamed') throw new Error('the database never got its name');
    const relative = (what: Event['what']): Set<string> =>
      new Set(
        events
          .slice(0, named)
          .flatMap((event) => (event.what === what && 'path' in event ? [event.path] : []))
          .filter((file) => file.startsWith(rename.path))
          .map((file) => path.relative(rename.path, file)),
      );
    const flushed = relative('flushed');
    const left = [...relative('made')].filter((file) => fs.existsSync(path.join(folder, 'pg', file)));
    expect(left.length).toBeGreaterThan(500);
    expect(left.filter((file) => !flushed.has(file))).toEqual([]);
    const after = events.slice(named).flatMap((event) => (event.what === 'flushed' ? [event.path] : []));
    expect(after[0]).toBe(folder);
  });

  it('the readings store flushes its journal, and the name of it, before it says that readings are kept', {
    timeout: LIMIT_MS,
  }, async () => {
    const folder = emptyFolder();
    const file = path.join(folder, 'made', 'readings.duckdb');
    const events = await traced([DUCKDB, file], path.join(emptyFolder(), 'trace'), 10);
    const before = flushedBeforeEach(events, /^\d+$/);
    expect(before.length).toBeGreaterThanOrEqual(8);
    expect(before.filter((flushed) => !flushed.some((path) => path.startsWith(file)))).toEqual([]);
    expect(before[0]).toEqual(expect.arrayContaining([folder, path.dirname(file)]));
  });
});
