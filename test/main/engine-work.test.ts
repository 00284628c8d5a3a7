import * as path from 'node:path';
import { describe, expect, it } from 'vitest';
import { endEngineWork, engineWork, newEngineWork } from '../../main/threads/engine-work.ts';
import { databaseDir } from '../servers/database-dir.ts';
import { run } from './child.ts';

describe('a process that ends while readings are written', () => {
  it('ends with its code, every time', async () => {
    for (let attempt = 0; attempt < 5; attempt++) {
      using folder = await databaseDir();
      const ended = await run([path.join(import.meta.dirname, 'exiting-while-writing.ts'), folder.path]);
      expect([attempt, ended.code, ended.signal, ended.err]).toEqual([attempt, 70, null, '']);
    }
  });
});

describe('work of an engine', () => {
  it('answers, and fails, as it would alone', async () => {
    const run = engineWork(newEngineWork());
    expect(await run(async () => 7)).toBe(7);
    await expect(run(() => Promise.reject(new Error('away')))).rejects.toThrow('away');
  });

  it('that is under way is waited for no longer than said; after the end none begins', async () => {
    const shared = newEngineWork();
    const run = engineWork(shared);
    const done = Promise.withResolvers<number>();
    const underWay = run(() => done.promise);
    endEngineWork(shared, 1);
    let began = false;
    void run(async () => {
      began = true;
    });
    done.resolve(7);
    expect(await underWay).toBe(7);
    expect(began).toBe(false);
    endEngineWork(shared, 1);
  });
});
