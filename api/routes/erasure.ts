// The right to be forgotten.
import { ErasureView } from '#contracts';
import { actorOf, NOBODYS, organisationById, personById } from '#registry';
import { takeSession } from '../cookies.ts';
import type { ApiDeps } from '../deps.ts';
import { mustBeFresh } from '../fresh.ts';
import { notFound } from '../problems.ts';
import { erase } from '../rights/erase.ts';
import { ById, type Routes } from '../route.ts';
import { allow, allowOn, type ObjectKind, viewerOf } from '../wall.ts';

export const erasureRoutes: Routes = (app, deps) => {
  app.post(
    '/me/erasure',
    {
      config: allow('use-own-account'),
      schema: {
        operationId: 'eraseMe',
        summary: 'Erase my account and everything readable about me; it cannot be undone',
        tags: ['Rights'],
        response: { 200: ErasureView },
      },
    },
    async (request, reply) => {
      await mustBeFresh(request, deps);
      const viewer = viewerOf(request);
      const erased = await erase(deps, { person: viewer.person, by: actorOf(viewer), now: deps.clock.now() });
      if (!erased) throw notFound();
      return takeSession(reply).send(erased);
    },
  );

  app.delete(
    '/people/:id',
    {
      config: allowOn('edit-person', staff(deps)),
      schema: {
        operationId: 'erasePerson',
        summary: 'Erase somebody who works for us, and everything readable about him; it cannot be undone',
        tags: ['Rights'],
        params: ById,
        response: { 200: ErasureView },
      },
    },
    async (request) => {
      await mustBeFresh(request, deps);
      const by = actorOf(viewerOf(request));
      const erased = await erase(deps, { person: request.params.id, by, now: deps.clock.now() });
      if (!erased) throw notFound();
      return erased;
    },
  );
};

/** Somebody's employer decides for him at work; people of households decide for themselves. */
const staff = ({ sql }: ApiDeps): ObjectKind => ({
  read: 'edit-person',
  async load(id) {
    const person = await personById(sql, id);
    if (!person || person.organisation === null) return null;
    const employer = await organisationById(sql, person.organisation);
    const brand = employer?.parent ?? null;
    return { ...NOBODYS, organisations: [person.organisation, ...(brand === null ? [] : [brand])] };
  },
});
