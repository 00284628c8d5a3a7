// What goes over a message port between PGlite's thread and its clients.
import type { MessagePort } from 'node:worker_threads';

export type QueryRequest = {
  id: number;
  kind: 'query';
  /** Statements of one session share a transaction; 0 is for single statements. */
  session: number;
  text: string;
  params: readonly unknown[];
  /** How int8 comes back. */
  int8: 'number' | 'string';
};

export type Request =
  | QueryRequest
  | { id: number; kind: 'listen'; channel: string }
  /** The session is over; a transaction left open is rolled back. */
  | { id: number; kind: 'release'; session: number };

export const SINGLE_STATEMENTS = 0;

/** `command` is the tag's first word: a COMMIT of a failed transaction answers ROLLBACK. */
export type QueryResult = { rows: Record<string, unknown>[]; rowCount: number; command: string };

/** What PostgreSQL says about an error; `code` is the SQLSTATE. */
export const ERROR_FIELDS = [
  'code',
  'severity',
  'detail',
  'hint',
  'schema',
  'table',
  'column',
  'constraint',
  'where',
] as const;
export type ErrorFields = { [Field in (typeof ERROR_FIELDS)[number]]?: string };

export type Reply =
  | { id: number; result: QueryResult }
  | { id: number; error: { message: string; fields: ErrorFields } }
  | { channel: string; payload: string };

/** Between PGlite's thread and the thread that started it. */
export type Control = { kind: 'port'; port: MessagePort } | { kind: 'fsync-count' } | { kind: 'close' };
export type ControlReply = { kind: 'ready' } | { kind: 'fsync-count'; count: number } | { kind: 'broken'; why: string };
