import * as fs from 'node:fs';
import * as os from 'node:os';
import * as path from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { newId } from '#contracts';
import { PlatformError } from '#runtime';
import type { NewAppliances } from '../../main/add-appliances.ts';
import { openAdminDoor, type RunFile, runFileOf } from '../../main/admin-door.ts';

let folder: string;
let door: AsyncDisposable;
let run: RunFile;
let wishes: NewAppliances[];
beforeEach(async () => {
  folder = fs.mkdtempSync(path.join(os.tmpdir(), 'stethos-admin-'));
  wishes = [];
  const add = async (wish: NewAppliances) => {
    wishes.push(wish);
    if (wish.model === 'unknown')
      throw new PlatformError('unknown-model', 'reject', 'There is no model "unknown".', { hint: 'Known: a, b.' });
    return [{ id: newId(), secret: 'secret', tryIt: 'line' }];
  };
  door = await openAdminDoor(folder, { add, backup: noBackup, operate: noBackup });
  run = JSON.parse(fs.readFileSync(runFileOf(folder), 'utf8')) as RunFile;
});
afterEach(async () => {
  await door[Symbol.asyncDispose]();
  fs.rmSync(folder, { recursive: true, force: true });
});

const noBackup = async (): Promise<never> => {
  throw new PlatformError('target-not-empty', 'reject', 'There is something there.', { hint: 'Another folder.' });
};
const WISH = { model: 'a', name: 'Fridge', count: 1 };
const ask = (body: unknown, authorization?: string) =>
  fetch(run.url, {
    method: 'POST',
    headers: authorization === undefined ? {} : { authorization },
    body: typeof body === 'string' ? body : JSON.stringify(body),
  });

describe('the door for the command line', () => {
  it('opens for who may read the file of this user', async () => {
    expect(fs.statSync(runFileOf(folder)).mode & 0o777).toBe(0o600);
    expect(new URL(run.url).hostname).toBe('127.0.0.1');
    const answer = await ask(WISH, `Bearer ${run.token}`);
    expect(answer.status).toBe(200);
    expect(await answer.json()).toMatchObject([{ secret: 'secret', tryIt: 'line' }]);
    expect(wishes).toEqual([WISH]);
  });

  it.each<[string, () => string | undefined]>([
    ['no token', () => undefined],
    ['an empty token', () => ''],
    ['a wrong token', () => `Bearer ${'x'.repeat(run.token.length)}`],
    ['a token too many', () => `Bearer ${run.token}x`],
    ['the token without its kind', () => run.token],
  ])('stays shut with %s', async (_, authorization) => {
    const answer = await ask(WISH, authorization());
    expect(answer.status).toBe(401);
    expect(wishes).toEqual([]);
  });

  it.each([
    ['no JSON', 'not json'],
    ['no count', { model: 'a', name: 'Fridge' }],
    ['too many', { ...WISH, count: 100_001 }],
    ['no name', { ...WISH, name: '' }],
    ['a household that is no id', { ...WISH, household: 'home' }],
  ])('refuses a wish with %s', async (_, body) => {
    expect((await ask(body, `Bearer ${run.token}`)).status).toBe(400);
    expect(wishes).toEqual([]);
  });

  it('says what to do about a wish that cannot be met', async () => {
    const answer = await ask({ ...WISH, model: 'unknown' }, `Bearer ${run.token}`);
    expect(answer.status).toBe(400);
    expect(await answer.json()).toEqual({ message: 'There is no model "unknown".', hint: 'Known: a, b.' });
  });

  it('says what to do about a backup that cannot be made', async () => {
    const headers = { authorization: `Bearer ${run.token}` };
    const answer = await fetch(`${run.url}/backup`, {
      method: 'POST',
      headers,
      body: JSON.stringify({ to: '/a', keysTo: '/b' }),
    });
    expect(JSON.parse(await answer.text())).toEqual({
      error: { message: 'There is something there.', hint: 'Another folder.' },
    });
    expect((await fetch(`${run.url}/backup`, { method: 'POST', headers, body: '{}' })).status).toBe(400);
  });

  it('is gone with its file when the platform stops', async () => {
    await door[Symbol.asyncDispose]();
    expect(fs.existsSync(runFileOf(folder))).toBe(false);
    await expect(ask(WISH, `Bearer ${run.token}`)).rejects.toThrow();
  });

  it('has another token each time', async () => {
    await using again = await openAdminDoor(fs.mkdtempSync(path.join(folder, 'again-')), {
      add: async () => [],
      backup: noBackup,
      operate: noBackup,
    });
    expect(again).toBeDefined();
    const [name] = fs.readdirSync(folder).filter((entry) => entry.startsWith('again-'));
    const other = JSON.parse(fs.readFileSync(runFileOf(path.join(folder, name!)), 'utf8')) as RunFile;
    expect(other.token).not.toBe(run.token);
  });
});
