// What lives in the data folder beside the data: the origin of a faster clock, and the key over the secrets.
import * as fs from 'node:fs';
import * as os from 'node:os';
import * as path from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { openClock } from '#runtime';
import { clockSpecOf } from '../../main/clock.ts';
import { readPepper } from '../../main/secrets.ts';

let folder: string;
beforeEach(() => {
  folder = fs.mkdtempSync(path.join(os.tmpdir(), 'stethos-folder-'));
});
afterEach(() => fs.rmSync(folder, { recursive: true, force: true }));

describe('the clock of a platform', () => {
  it('is the system’s when it runs at its rate, and leaves no file', () => {
    expect(clockSpecOf(folder, 1)).toEqual({ kind: 'system' });
    expect(fs.readdirSync(folder)).toEqual([]);
  });

  it('that runs faster keeps its origin, so that platform time never goes back', () => {
    const first = clockSpecOf(path.join(folder, 'data'), 60);
    expect(first).toMatchObject({ kind: 'scaled', rate: 60 });
    const reached = openClock(first).now();
    const second = clockSpecOf(path.join(folder, 'data'), 60);
    expect(second).toEqual(first);
    expect(openClock(second).now()).toBeGreaterThanOrEqual(reached);
  });
});

describe('the pepper', () => {
  it('is made once, long, and for this user alone', () => {
    const made = readPepper(folder, undefined);
    expect(Buffer.from(made, 'base64url')).toHaveLength(32);
    expect(fs.statSync(path.join(folder, 'pepper')).mode & 0o777).toBe(0o600);
    expect(readPepper(folder, undefined)).toBe(made);
  });

  it('that is given is used, and not written down', () => {
    const given = 'x'.repeat(40);
    expect(readPepper(folder, given)).toBe(given);
    expect(fs.readdirSync(folder)).toEqual([]);
  });
});
