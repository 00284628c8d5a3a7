import * as fs from 'node:fs';
import * as os from 'node:os';
import * as path from 'node:path';
import { pathToFileURL } from 'node:url';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { lockFolder } from '../../main/lock.ts';
import { ROOT } from '../architecture/sources.ts';
import { Child } from './child.ts';

let folder: string;
beforeEach(() => {
  folder = fs.mkdtempSync(path.join(os.tmpdir(), 'stethos-lock-'));
});
afterEach(() => fs.rmSync(folder, { recursive: true, force: true }));

/** A process that holds the lock of the folder, or says why it does not get it, and stays. */
const holder = (): Child =>
  new Child([
    '--input-type=module',
    '--eval',
    `const { lockFolder } = await import(${JSON.stringify(pathToFileURL(path.join(ROOT, 'main', 'lock.ts')).href)});
     try { globalThis.kept = lockFolder(${JSON.stringify(folder)}); console.log('locked'); }
     catch (error) { console.log(error.code, error.message); }
     setInterval(() => {}, 1000);`,
  ]);

const inUse = expect.objectContaining({ code: 'folder-in-use', kind: 'fatal' }) as Error;

describe('a data folder', () => {
  it('is made when it is missing, for this user alone', () => {
    const made = path.join(folder, 'new', 'data');
    lockFolder(made)[Symbol.dispose]();
    expect(fs.statSync(made).mode & 0o777).toBe(0o700);
  });

  it('belongs to one process: a second one is refused, by name', async () => {
    using _lock = lockFolder(folder);
    await using second = holder();
    const said = await second.says('folder-in-use');
    expect(said).toContain(folder);
  });

  it('is refused to us while another process has it, and free when that is killed', async () => {
    await using first = holder();
    await first.says('locked');
    expect(() => lockFolder(folder)).toThrow(inUse);
    await first.kill('SIGKILL');
    lockFolder(folder)[Symbol.dispose]();
  });

  it('is locked once in a process too', () => {
    const lock = lockFolder(folder);
    expect(() => lockFolder(folder)).toThrow(inUse);
    // The failed attempt did not loosen the first one's hold.
    expect(() => lockFolder(folder)).toThrow(inUse);
    lock[Symbol.dispose]();
    lockFolder(folder)[Symbol.dispose]();
  });

  it('stays locked against others after a failed attempt from within', async () => {
    using _lock = lockFolder(folder);
    expect(() => lockFolder(folder)).toThrow(inUse);
    await using other = holder();
    await other.says('folder-in-use');
  });
});
