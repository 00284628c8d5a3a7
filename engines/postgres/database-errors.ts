// Errors of the road to the database. What the database says about a statement is passed on with its SQLSTATE in `code`.
import { messageOf, PlatformError } from '#runtime';

export const databaseClosed = (): PlatformError =>
  new PlatformError('database-closed', 'retry', 'The database is closed.');

/** SQLSTATE classes and socket errors after which the same call may succeed on a new connection. */
const CONNECTION_LOST =
  /^(08...|57P0[1-5]|53300|25P03|E(CONN[A-Z]+|PIPE|TIMEDOUT|HOSTUNREACH|NETUNREACH|NOTFOUND|AI_AGAIN))$/;
const DRIVER_SAYS_LOST =
  /connection terminated|connection timeout|timeout exceeded when trying to connect|not queryable/i;

const REFUSALS: Record<string, string> = {
  '28P01': 'Are user and password in DATABASE_URL right?',
  '28000': 'Does pg_hba.conf let this user in from here, and are user and database in DATABASE_URL right?',
  '3D000': 'Create it with: createdb NAME',
  '53300': 'Raise max_connections of the server, or let fewer programs use it.',
};
const HINT = 'Is PostgreSQL running there, and are host and port in DATABASE_URL right?';

const codeOf = (error: unknown): string => {
  const code = (error as { code?: unknown } | null)?.code;
  return typeof code === 'string' ? code : '';
};

/** A lost or refused connection as PlatformError of kind `retry`; any other error as it is. `where` is host:port/database. */
export function connectionError(error: unknown, where: string): unknown {
  const code = codeOf(error);
  if (REFUSALS[code] === undefined && !CONNECTION_LOST.test(code) && !DRIVER_SAYS_LOST.test(messageOf(error)))
    return error;
  return new PlatformError('database-unreachable', 'retry', `PostgreSQL at ${where}: ${reasonOf(error)}`, {
    cause: error,
    hint: REFUSALS[code] ?? HINT,
  });
}

/** A host with several addresses fails with an AggregateError that has no message of its own. */
const reasonOf = (error: unknown): string =>
  error instanceof AggregateError && error.message === '' ? error.errors.map(messageOf).join('; ') : messageOf(error);
