// A registry of its own for a test file: PGlite in memory with all tables.
import { AsyncLocalStorage } from 'node:async_hooks';
import { PGlite } from '@electric-sql/pglite';
import { registryTables } from '#registry';
import { type Migration, migrate, type Sql } from '#runtime';

export async function openDatabase(more: readonly Migration[] = []): Promise<Sql & AsyncDisposable> {
  const db = await PGlite.create({ parsers: { 20: Number } });
  const inside = new AsyncLocalStorage<true>();
  const on =
    (one: { query: PGlite['query'] }): Sql['query'] =>
    async <Row extends object>(text: string, params: readonly unknown[] = []) =>
      (await one.query<Row>(text, [...params])).rows;
  const sql: Sql & AsyncDisposable = {
    query: on(db),
    transaction: (work) =>
      inside.getStore()
        ? Promise.reject(new Error('a transaction inside a transaction'))
        : db.transaction((tx) =>
            inside.run(true, () =>
              work({
                query: on(tx as never),
                transaction: () => Promise.reject(new Error('a transaction inside a transaction')),
                listen: sql.listen,
              }),
            ),
          ),
    listen: (channel, heard) => db.listen(channel, heard),
    [Symbol.asyncDispose]: () => db.close(),
  };
  await migrate(sql, [...registryTables, ...more]);
  return sql;
}
