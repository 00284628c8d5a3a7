// One request to PGlite, and its errors as PostgreSQL states them.
import type { PGlite } from '@electric-sql/pglite';
import { ERROR_FIELDS, type ErrorFields, type QueryRequest, type QueryResult } from './pglite-protocol.ts';

const INT8 = 20;
const JSON_TYPES = [114, 3802] as const;
const asText = (text: string): string => text;

/** How int8 comes back unless a request wants text; the elements of int8[] always come back so. */
export const PARSERS = { [INT8]: Number };

/** Says here what only PostgreSQL would find out: its driver writes a JavaScript array as a PostgreSQL array. */
function jsonText(value: unknown): string {
  if (Array.isArray(value)) throw sqlError('22P02', 'pass a JSON array as text: JSON.stringify(value)');
  return typeof value === 'string' ? value : JSON.stringify(value);
}
export const SERIALIZERS = Object.fromEntries(JSON_TYPES.map((type) => [type, jsonText]));

/** Without parameters the text may hold several statements; the result is the last one's. */
export async function run(db: PGlite, { text, params, int8 }: QueryRequest): Promise<QueryResult> {
  const options = int8 === 'string' ? { parsers: { [INT8]: asText } } : {};
  const result =
    params.length > 0
      ? await db.query<Record<string, unknown>>(text, [...params], options)
      : (await db.exec(text, options)).at(-1)!;
  return { rows: result.rows, rowCount: result.rowCount ?? result.rows.length, command: result.command ?? '' };
}

export const sqlError = (code: string, message: string): Error => Object.assign(new Error(message), { code });

/** Not PostgreSQL speaking but its WebAssembly machine broken: nothing after it can be trusted. */
export const isCrash = (error: unknown): boolean =>
  error instanceof Error && (error.name === 'RuntimeError' || error.name === 'ExitStatus');

export function describe(error: unknown): { message: string; fields: ErrorFields } {
  const fields: ErrorFields = {};
  for (const field of ERROR_FIELDS) {
    const value = (error as ErrorFields | null)?.[field];
    if (typeof value === 'string') fields[field] = value;
  }
  return { message: error instanceof Error ? error.message : String(error), fields };
}
