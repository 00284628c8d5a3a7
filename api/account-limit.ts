// So many requests a minute for each account, from wherever they come: the limit per address does not stop one that is
// used from many addresses.
import type { FastifyInstance } from 'fastify';
import { MINUTE } from '#runtime';
import type { ApiDeps } from './deps.ts';
import { problem } from './problems.ts';

/** Several pages on several devices, or a program that reads a long list. */
const REQUESTS_PER_MINUTE = 1_800;
const ACCOUNTS_KEPT = 10_000;

/** Behind the wall, which says whose request it is. */
export function limitAccounts(app: FastifyInstance, { clock }: Pick<ApiDeps, 'clock'>): void {
  const counts = new Map<string, { since: number; count: number }>();
  app.addHook('onRequest', async (request, reply) => {
    if (!request.viewer) return;
    const { person } = request.viewer;
    const now = clock.now();
    const known = counts.get(person);
    const current = known && now - known.since < MINUTE ? known : { since: now, count: 0 };
    if (current !== known) {
      counts.delete(person);
      counts.set(person, current);
      if (counts.size > ACCOUNTS_KEPT) counts.delete(counts.keys().next().value!);
    }
    if (++current.count <= REQUESTS_PER_MINUTE) return;
    reply.header('retry-after', String(Math.ceil((current.since + MINUTE - now) / 1000)));
    throw problem('too-many-requests', 'This account asks too often.');
  });
}
