// What only the embedded database has to promise: it survives kills, really fsyncs, and one client cannot stop the others.
import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { existsSync, readdirSync, watch, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { Worker } from 'node:worker_threads';
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import { openPglitePool, openPgliteSql, type PgliteThread, startPgliteThread, vacuumEach } from '#engines/postgres';
import type { Sql } from '#runtime';
import { databaseDir } from '../servers/database-dir.ts';
import { temporaryDir } from './databases.ts';

const CHILD = join(import.meta.dirname, 'pglite-child.ts');
const IDLE_MS = 200;

let children: ChildProcess[] = [];
afterEach(() => {
  for (const child of children) child.kill('SIGKILL');
  children = [];
});

function startChild(dir: string, options: { nodeArgs?: string[]; env?: NodeJS.ProcessEnv } = {}): ChildProcess {
  const child = spawn(process.execPath, [...(options.nodeArgs ?? []), CHILD, dir], {
    stdio: ['ignore', 'pipe', 'pipe'],
    env: { ...process.env, ...options.env },
  });
  children.push(child);
  return child;
}

/** Calls back with each acknowledged number; resolves when the process is gone, with its code. */
function follow(child: ChildProcess, acknowledged: (n: number) => void): Promise<number | null> {
  const lines = createInterface({ input: child.stdout! });
  lines.on('line', (line) => {
    if (line.startsWith('inserted ')) acknowledged(Number(line.slice('inserted '.length)));
  });
  return Promise.all([once(child, 'exit'), once(lines, 'close')]).then(([[code]]) => code as number | null);
}

const numbersKept = async (sql: Sql): Promise<number[]> =>
  (await sql.query<{ n: number }>('select n from public.kept order by n')).map(({ n }) => n);

describe('the embedded database', () => {
  it('keeps every acknowledged row, and at most one more, when the process is killed', async () => {
    using dir = await databaseDir();
    const acknowledged: number[] = [];
    const kills = [30, 60];
    for (const enough of kills) {
      const child = startChild(dir.path);
      await follow(child, (n) => {
        if (acknowledged.push(n) === enough) child.kill('SIGKILL');
      });
    }
    await using thread = await startPgliteThread({ dir: dir.path });
    const kept = await numbersKept(openPgliteSql(thread.port()));
    expect(kept).toEqual(expect.arrayContaining(acknowledged));
    expect(kept.length - acknowledged.length).toBeLessThanOrEqual(kills.length);
  });

  it.each([1, 400])('recovers from a first start that was killed after %i changes in its folder', async (changes) => {
    using dir = temporaryDir();
    const child = startChild(dir.path);
    const gone = once(child, 'exit');
    let seen = 0;
    const watcher = watch(dir.path, { recursive: true }, () => {
      if (++seen === changes) child.kill('SIGKILL');
    });
    const [, signal] = await gone;
    watcher.close();
    expect(signal).toBe('SIGKILL');

    await using thread = await startPgliteThread({ dir: dir.path });
    expect(await openPgliteSql(thread.port()).query('select 1 as a')).toEqual([{ a: 1 }]);
    expect(readdirSync(dir.path)).toEqual(['pg']);
  });

  it('ends the process with code 70 when the disk refuses an fsync, and acknowledges nothing after it', async () => {
    using dir = await databaseDir();
    const flag = join(dir.path, 'fsync-fails');
    const child = startChild(dir.path, {
      nodeArgs: ['--require', join(import.meta.dirname, 'fsync-fails.cjs')],
      env: { FSYNC_FAILS: flag },
    });
    let said = '';
    child.stderr?.on('data', (chunk: Buffer) => (said += chunk.toString()));
    let last = 0;
    const code = await follow(child, (n) => {
      last = n;
      if (n === 10) writeFileSync(flag, '');
    });
    expect(code).toBe(70);
    expect(said).toContain('fsync');
    await using thread = await startPgliteThread({ dir: dir.path });
    expect(await numbersKept(openPgliteSql(thread.port()))).toContain(last);
  });

  it('says which folder it cannot open', async () => {
    using dir = temporaryDir();
    const file = join(dir.path, 'file');
    writeFileSync(file, '');
    await expect(startPgliteThread({ dir: join(file, 'data') })).rejects.toMatchObject({ code: 'database-not-opened' });
    expect(existsSync(file)).toBe(true);
  });
});

describe('clients of the embedded database', () => {
  let dir: Disposable & { path: string };
  let thread: PgliteThread;
  let sql: Sql & AsyncDisposable;

  beforeAll(async () => {
    dir = await databaseDir();
    thread = await startPgliteThread({ dir: dir.path, idleInTransactionMs: IDLE_MS });
    sql = openPgliteSql(thread.port());
    await sql.query('create table public.seen (n int)');
  });
  afterAll(async () => {
    await thread.close();
    dir[Symbol.dispose]();
  });
  const seen = (): Promise<object[]> => sql.query('select n from public.seen');

  it('have each commit on disk: one fsync or more for each', async () => {
    await sql.query('create table public.synced (n int)');
    const before = await thread.fsyncCount();
    for (let n = 0; n < 10; n++) await sql.query('insert into public.synced values ($1)', [n]);
    expect((await thread.fsyncCount()) - before).toBeGreaterThanOrEqual(10);
  });

  it('that are released inside a transaction are rolled back', async () => {
    const pool = openPglitePool(thread.port());
    const client = await pool.connect();
    await client.query('begin');
    await client.query('insert into public.seen values (1)');
    client.release();
    expect(await seen()).toEqual([]);
    await pool.end();
  });

  it('that close their port inside a transaction are rolled back', async () => {
    const pool = openPglitePool(thread.port());
    const client = await pool.connect();
    await client.query('begin');
    await client.query('insert into public.seen values (2)');
    await pool.end();
    expect(await seen()).toEqual([]);
    await expect(client.query('commit')).rejects.toMatchObject({ code: 'database-closed', kind: 'retry' });
  });

  it('whose thread dies inside a transaction are rolled back', async () => {
    const port = thread.port();
    const source = `
      const { workerData: port, parentPort } = require('node:worker_threads');
      const ask = (id, text) => port.postMessage({ id, kind: 'query', session: 1, text, params: [], int8: 'number' });
      port.on('message', ({ id }) => id === 1 ? ask(2, 'insert into public.seen values (3)') : parentPort.postMessage('in'));
      ask(1, 'begin');`;
    const worker = new Worker(source, { eval: true, workerData: port, transferList: [port] });
    await once(worker, 'message');
    await worker.terminate();
    expect(await seen()).toEqual([]);
  });

  it('that forget a transaction are rolled back, and told when they come again', async () => {
    const pool = openPglitePool(thread.port());
    const client = await pool.connect();
    await client.query('begin');
    await client.query('insert into public.seen values (4)');
    expect(await seen()).toEqual([]);
    await expect(client.query('commit')).rejects.toMatchObject({ code: '25P03' });
    client.release();
    await pool.end();
  });

  it('cannot leave a transaction open with a single statement', async () => {
    await expect(sql.query('begin')).rejects.toMatchObject({ code: '25001' });
    expect(await seen()).toEqual([]);
  });

  it('wait in line for a transaction that is asked without waiting', async () => {
    const pool = openPglitePool(thread.port());
    const client = await pool.connect();
    const asked = ['begin', 'insert into public.seen values (5)', 'rollback'].map((text) => client.query(text));
    const [others] = await Promise.all([seen(), ...asked]);
    expect(others).toEqual([]);
    client.release();
    await pool.end();
  });

  it('of the pool get int8 as text, see the schema of the queue first, and are kept out of transactions', async () => {
    await using pool = openPglitePool(thread.port());
    const { rows, rowCount } = await pool.query("select 5::int8 as n, current_setting('search_path') as path");
    expect({ rows, rowCount }).toEqual({ rows: [{ n: '5', path: 'bullmq,public' }], rowCount: 1 });
    await expect(sql.transaction(() => pool.query('select 1'))).rejects.toMatchObject({ code: 'nested-query' });
  });

  it('are told at once that a JSON array must come as text, as PostgreSQL would tell them', async () => {
    await expect(sql.query('select $1::jsonb as body', [[1]])).rejects.toThrow('JSON.stringify');
  });

  it('are told that the database is closed, and find their rows when it is opened again', async () => {
    using place = await databaseDir();
    const first = await startPgliteThread({ dir: place.path });
    const before = openPgliteSql(first.port());
    await before.query('create table public.kept (n int8)');
    await before.query('insert into public.kept values (1)');
    await first.close();
    await expect(before.query('select 1')).rejects.toMatchObject({ code: 'database-closed', kind: 'retry' });
    await using again = await startPgliteThread({ dir: place.path });
    expect(await numbersKept(openPgliteSql(again.port()))).toEqual([1]);
  });
});

describe('the upkeep of the embedded database', () => {
  it('uses the room of old rows again, and tells the planner how many there are', async () => {
    using dir = await databaseDir();
    await using thread = await startPgliteThread({ dir: dir.path });
    await using sql = openPgliteSql(thread.port());
    await sql.query('create table public.latest (id int primary key, at bigint, body text)');
    await sql.query('create index latest_at on public.latest (at)');
    await sql.query("insert into public.latest select n, n, repeat('x', 200) from generate_series(1, 500) as n");
    const facts = async () => {
      const [row] = await sql.query<{ bytes: number; rows: number }>(
        "select pg_relation_size(oid) as bytes, reltuples as rows from pg_class where oid = 'public.latest'::regclass",
      );
      return row!;
    };
    const age = async () => {
      for (let round = 0; round < 3; round++) await sql.query('update public.latest set at = at + 1000');
      await vacuumEach(sql);
      return facts();
    };
    expect((await facts()).rows).toBe(-1);
    const once = await age();
    expect(once.rows).toBe(500);
    expect(await age()).toEqual(once);
  });
});
