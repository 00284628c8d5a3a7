// Where to report a weakness (RFC 9116).
import { z } from 'zod';
import { DAY, MINUTE } from '#runtime';
import type { ApiDeps } from '../deps.ts';
import { notFound } from '../problems.ts';
import type { Api } from '../route.ts';
import { PUBLIC } from '../wall.ts';

/** Read again before it ends; a page that nobody tends would say for ever what was true once. */
const VALID_MS = 180 * DAY;

export function securityTxtRoute(
  app: Api,
  { securityContact, publicUrl, clock }: Pick<ApiDeps, 'securityContact' | 'publicUrl' | 'clock'>,
): void {
  app.get(
    '/.well-known/security.txt',
    {
      config: PUBLIC,
      schema: {
        operationId: 'getSecurityContact',
        summary: 'Where to report a weakness (RFC 9116); 404 where nobody said so',
        tags: ['Operation'],
        security: [],
        response: { 200: { description: 'Plain text', content: { 'text/plain': { schema: z.string() } } } },
      },
    },
    async (_request, reply) => {
      if (securityContact === undefined) throw notFound();
      // Whole minutes, so that it reads alike when it is read twice.
      const expires = Math.floor((clock.now() + VALID_MS) / MINUTE) * MINUTE;
      return reply
        .type('text/plain; charset=utf-8')
        .send(
          [
            `Contact: ${securityContact}`,
            `Expires: ${new Date(expires).toISOString()}`,
            'Preferred-Languages: en, zh',
            `Canonical: ${publicUrl}/.well-known/security.txt`,
            '',
          ].join('\n'),
        );
    },
  );
}
