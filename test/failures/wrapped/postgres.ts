// The registry's database, embedded or a server, with its steps.
import { openPgliteSql as openPglite, openPostgres as openServer } from '../../../engines/postgres/index.ts';
import { steppingSql } from './stepping-sql.ts';

export * from '../../../engines/postgres/index.ts';

export const openPgliteSql: typeof openPglite = (port) => {
  const sql = openPglite(port);
  return { ...steppingSql(sql), [Symbol.asyncDispose]: () => sql[Symbol.asyncDispose]() };
};

export const openPostgres: typeof openServer = async (options) => {
  const server = await openServer(options);
  return { ...server, sql: steppingSql(server.sql), [Symbol.asyncDispose]: () => server[Symbol.asyncDispose]() };
};
