// The registry's database for a command, while no platform runs on the folder.
import { openPgliteSql, openPostgres, startPgliteThread } from '#engines/postgres';
import type { Sql } from '#runtime';
import type { Settings } from '../config.ts';

export async function openSql(folder: string, settings: Settings, stack: AsyncDisposableStack): Promise<Sql> {
  if (settings.DATABASE_URL) return stack.use(await openPostgres({ url: settings.DATABASE_URL })).sql;
  const database = stack.use(await startPgliteThread({ dir: folder }));
  return stack.use(openPgliteSql(database.port()));
}
