// Organisations: my own, its partners, and the brand it works for.
import { NewOrganisation, OrganisationEdit, OrganisationView, page } from '#contracts';
import {
  actorOf,
  createOrganisation,
  editOrganisation,
  NOBODYS,
  organisationById,
  organisationsAround,
} from '#registry';
import type { ApiDeps } from '../deps.ts';
import { mustBeFresh } from '../fresh.ts';
import { notFound } from '../problems.ts';
import { ById, type Routes, whole } from '../route.ts';
import { organisationOf } from '../scopes.ts';
import { allow, allowOn, type ObjectKind, viewerOf } from '../wall.ts';

const tags = ['People'];

export const organisationRoutes: Routes = (app, deps) => {
  app.get(
    '/organisations',
    {
      config: allow('list-organisations'),
      schema: {
        operationId: 'listOrganisations',
        summary: 'My organisation, its partners, and the brand it works for',
        tags,
        response: { 200: page(OrganisationView) },
      },
    },
    async (request) => whole(await organisationsAround(deps.sql, organisationOf(viewerOf(request)))),
  );

  app.post(
    '/organisations',
    {
      config: allow('create-organisation'),
      schema: {
        operationId: 'createOrganisation',
        summary: 'Add a partner firm; the home organisation also adds brands',
        tags,
        body: NewOrganisation,
        response: { 201: OrganisationView },
      },
    },
    async (request, reply) => {
      const viewer = viewerOf(request);
      const { kind, name, brands } = request.body;
      const made = await createOrganisation(deps.sql, {
        kind,
        name,
        ...(brands === undefined ? {} : { brands }),
        creator: organisationOf(viewer),
        now: deps.clock.now(),
        by: actorOf(viewer),
      });
      return reply.code(201).send(made);
    },
  );

  app.patch(
    '/organisations/:id',
    {
      config: allowOn('edit-organisation', organisationKind(deps)),
      schema: {
        operationId: 'editOrganisation',
        summary: 'Change the name, the makes, or whether staff must have a second factor',
        tags,
        params: ById,
        body: OrganisationEdit,
        response: { 200: OrganisationView },
      },
    },
    async (request) => {
      if (request.body.secondFactorRequired !== undefined) await mustBeFresh(request, deps);
      const viewer = viewerOf(request);
      const edited = await editOrganisation(deps.sql, {
        organisation: request.params.id,
        ...request.body,
        editor: organisationOf(viewer),
        now: deps.clock.now(),
        by: actorOf(viewer),
      });
      if (!edited) throw notFound();
      return edited;
    },
  );
};

const organisationKind = ({ sql }: ApiDeps): ObjectKind => ({
  read: 'edit-organisation',
  async load(id) {
    const known = await organisationById(sql, id);
    return known && { ...NOBODYS, organisations: [known.id, ...(known.parent === null ? [] : [known.parent])] };
  },
});
