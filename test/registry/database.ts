// A database of its own for a test file: PGlite in its thread, with the tables it asks for.
import { type Migration, migrate, type Sql } from '#runtime';
import { pgliteDatabase } from '../engines/databases.ts';

export async function openDatabase(tables: readonly Migration[]): Promise<Sql & AsyncDisposable> {
  const database = await pgliteDatabase();
  const { sql } = database;
  await migrate(sql, tables);
  return {
    query: sql.query,
    transaction: sql.transaction,
    listen: sql.listen,
    [Symbol.asyncDispose]: () => database[Symbol.asyncDispose](),
  };
}
