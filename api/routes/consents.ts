// What I agreed to.

import type { z } from 'zod';
import { Consents, ConsentWish, iso, Language } from '#contracts';
import { actorOf, consentsOf, type Purpose, personById, sayConsent, type Viewer } from '#registry';
import type { ApiDeps } from '../deps.ts';
import type { Routes } from '../route.ts';
import { allow, viewerOf } from '../wall.ts';

export const consentRoutes: Routes = (app, deps) => {
  app.get(
    '/me/consents',
    {
      config: allow('read-own-account'),
      schema: {
        operationId: 'getConsents',
        summary: 'For which purposes I let my data be used, with the texts and what I said when',
        tags: ['Rights'],
        response: { 200: Consents },
      },
    },
    (request) => view(deps, viewerOf(request)),
  );

  app.put(
    '/me/consents',
    {
      config: allow('use-own-account'),
      schema: {
        operationId: 'sayConsents',
        summary: 'Give or withdraw consent, purpose by purpose; what is not named stays',
        tags: ['Rights'],
        body: ConsentWish,
        response: { 200: Consents },
      },
    },
    async (request) => {
      const viewer = viewerOf(request);
      const language = (await personById(deps.sql, viewer.person))?.language ?? Language.enum.en;
      for (const [purpose, given] of Object.entries(request.body) as [Purpose, boolean][]) {
        const now = deps.clock.now();
        await sayConsent(deps.sql, { person: viewer.person, purpose, given, language, by: actorOf(viewer), now });
      }
      return view(deps, viewer);
    },
  );
};

async function view({ sql }: ApiDeps, { person }: Viewer): Promise<z.infer<typeof Consents>> {
  const consents = await consentsOf(sql, person);
  return {
    items: consents.map(({ purpose, version, text, given, said }) => ({
      purpose,
      version,
      text,
      given,
      said: said.map((word) => ({ ...word, at: iso(word.at) })),
    })),
  };
}
