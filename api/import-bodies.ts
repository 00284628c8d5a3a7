// Bodies that are whole files. They are taken as bytes: what is wrong in them is told line by line, not as one broken body.
import type { FastifyReply, FastifyRequest } from 'fastify';
import type { z } from 'zod';
import { type ImportQuery, ImportResult } from '#contracts';
import type { Importing } from '#registry';
import type { Api } from './route.ts';

export const LARGEST_FILE_BYTES = 5 * 1024 * 1024;

const CSV = 'text/csv';
const JSON_TYPE = 'application/json';

/** A 422 may be a problem too, as everywhere: it is told by its content type. */
export const IMPORT_ANSWERS = {
  200: ImportResult,
  201: ImportResult,
  422: {
    description: 'Nothing was written, because of the errors',
    content: { [JSON_TYPE]: { schema: ImportResult } },
  },
} as const;

/** In a scope of its own: other content types are refused there, and JSON is not parsed. */
export function takesFiles(scope: Api): void {
  scope.removeAllContentTypeParsers();
  for (const type of [CSV, JSON_TYPE]) {
    scope.addContentTypeParser(type, { parseAs: 'buffer' }, (_request, body, done) => done(null, body));
  }
}

export function fileOf({ body, headers }: FastifyRequest): Pick<Importing, 'body' | 'type'> {
  const type = (headers['content-type'] ?? '').startsWith(CSV) ? 'csv' : 'json';
  return { body: Buffer.isBuffer(body) ? body : new Uint8Array(), type };
}

export const wishOf = ({ check, skip }: z.infer<typeof ImportQuery>): Importing['wish'] => ({
  check: check === 'true',
  skipErrors: skip === 'errors',
});

/** 201: written; 200: only checked; 422: nothing was written because of the errors. */
export function importAnswer(
  reply: FastifyReply,
  result: z.infer<typeof ImportResult>,
  { check }: Importing['wish'],
): FastifyReply {
  return reply.code(result.written ? 201 : check ? 200 : 422).send(result);
}
