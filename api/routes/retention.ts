// How long things are kept.
import type { z } from 'zod';
import { Retention, RetentionWish } from '#contracts';
import { actorOf, homeOrganisation, KEPT, NOBODYS, RETENTION, retentionOf, setRetention } from '#registry';
import type { ApiDeps } from '../deps.ts';
import { mustBeFresh } from '../fresh.ts';
import type { Routes } from '../route.ts';
import { allow, allowFor, viewerOf } from '../wall.ts';

export const retentionRoutes: Routes = (app, deps) => {
  app.get(
    '/retention',
    {
      config: allow('read-retention'),
      schema: {
        operationId: 'getRetention',
        summary: 'How many days each kind of data is kept',
        tags: ['Rights'],
        response: { 200: Retention },
      },
    },
    () => view(deps),
  );

  app.put(
    '/retention',
    {
      // The whole installation's, so it is for who runs it.
      config: allowFor('edit-retention', async () => ({
        ...NOBODYS,
        organisations: [(await homeOrganisation(deps.sql)).id],
      })),
      schema: {
        operationId: 'setRetention',
        summary: 'Change how many days something is kept; what is older goes within the hour',
        tags: ['Rights'],
        body: RetentionWish,
        response: { 200: Retention },
      },
    },
    async (request) => {
      await mustBeFresh(request, deps);
      const viewer = viewerOf(request);
      const { organisation } = viewer;
      await setRetention(deps.sql, { days: request.body, by: actorOf(viewer), organisation, now: deps.clock.now() });
      return view(deps);
    },
  );
};

async function view({ sql }: ApiDeps): Promise<z.infer<typeof Retention>> {
  const days = await retentionOf(sql);
  return { items: KEPT.map((what) => ({ what, ...RETENTION[what], days: days[what] })) };
}
