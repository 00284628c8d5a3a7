// Text that no database and no encoder takes: NUL characters and halves of surrogate pairs. Refused at the door, wherever it
// stands, so that nothing behind it fails over one character.
import type { FastifyInstance, FastifyRequest } from 'fastify';
import { problem } from './problems.ts';

export function refuseUnreadableText(app: FastifyInstance): void {
  app.addHook('preValidation', async ({ params, query, body }: FastifyRequest) => {
    const where = Object.entries({ params, query, body }).find(([, part]) => !isReadable(part));
    if (!where) return;
    throw problem('invalid-request', 'The request holds text that cannot be kept.', {
      hint: `Remove NUL characters and broken Unicode from its ${where[0]}.`,
    });
  });
}

function isReadable(part: unknown): boolean {
  if (typeof part === 'string') return !part.includes('\u0000') && part.isWellFormed();
  if (typeof part !== 'object' || part === null || ArrayBuffer.isView(part)) return true;
  return Object.entries(part).every(([key, value]) => isReadable(key) && isReadable(value));
}
