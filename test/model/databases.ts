// The databases that the model walks on, and how each dies without ceremony.
import { cpSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as pause } from 'node:timers/promises';
import { openPgliteSql, openPostgres, startPgliteThread } from '#engines/postgres';
import type { Sql } from '#runtime';
import { databaseDir } from '../servers/database-dir.ts';
import { findPostgres, runPostgres } from '../servers/postgres.ts';

export type MortalDatabase = AsyncDisposable & {
  sql(): Sql;
  /** Dies at this moment, in the middle of `tx` when there is one. */
  die(tx: Sql | null): Promise<void>;
  /** Comes back with what was on the disk. */
  recover(): Promise<void>;
};

/** Dying is a copy of the folder as it stands at that moment; recovery opens the copy. */
export async function mortalPglite(): Promise<MortalDatabase> {
  const first = await databaseDir();
  let folder = first.path;
  let image: string | undefined;
  let running = await opened(folder);
  return {
    sql: () => running.sql,
    async die() {
      image = mkdtempSync(join(tmpdir(), 'stethos-database-'));
      cpSync(folder, image, { recursive: true });
    },
    async recover() {
      await running.close();
      rmSync(folder, { recursive: true, force: true });
      folder = image!;
      running = await opened(folder);
    },
    async [Symbol.asyncDispose]() {
      await running.close();
      rmSync(folder, { recursive: true, force: true });
    },
  };
}

async function opened(dir: string) {
  const thread = await startPgliteThread({ dir });
  const sql = openPgliteSql(thread.port());
  return {
    sql,
    async close() {
      await sql[Symbol.asyncDispose]();
      await thread.close();
    },
  };
}

const RECOVERY_MS = 30_000;

/** Dying is kill -9 of the server process that serves the transaction; PostgreSQL then ends all others and recovers. */
export async function mortalPostgres(): Promise<MortalDatabase> {
  const program = findPostgres();
  if (program === null) throw new Error('PostgreSQL is not installed here');
  await using building = new AsyncDisposableStack();
  const server = building.use(await runPostgres(program));
  const { sql } = building.use(await openPostgres({ url: server.url }));
  const lifetime = building.move();
  return {
    sql: () => sql,
    async die(tx) {
      const [row] = await (tx ?? sql).query<{ pid: number }>('select pg_backend_pid() as pid');
      process.kill(row!.pid, 'SIGKILL');
    },
    async recover() {
      const deadline = performance.now() + RECOVERY_MS;
      // The old processes may still answer for a moment before the server ends them.
      for (let answers = 0; answers < 3; ) {
        await pause(100);
        try {
          await sql.query('select 1 as one');
          answers++;
        } catch (error) {
          if (performance.now() > deadline) throw error;
          answers = 0;
        }
      }
    },
    [Symbol.asyncDispose]: () => lifetime.disposeAsync(),
  };
}
