// A database of its own for a test file: PGlite in its thread, with the tables it asks for.
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { openPgliteSql, startPgliteThread } from '#engines/postgres';
import { type Migration, migrate, type Sql } from '#runtime';

export async function openDatabase(tables: readonly Migration[]): Promise<Sql & AsyncDisposable> {
  const dir = mkdtempSync(join(tmpdir(), 'stethos-test-'));
  await using building = new AsyncDisposableStack();
  building.defer(() => rmSync(dir, { recursive: true, force: true }));
  const thread = building.use(await startPgliteThread({ dir }));
  const sql = building.use(openPgliteSql(thread.port()));
  await migrate(sql, tables);
  const stack = building.move();
  return {
    query: sql.query,
    transaction: sql.transaction,
    listen: sql.listen,
    [Symbol.asyncDispose]: () => stack.disposeAsync(),
  };
}
