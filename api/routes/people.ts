// People who work for my organisation and its partners; the administrator makes and changes their accounts.
import { z } from 'zod';
import { type Id, ImportQuery, NewPerson, Person, PersonEdit, page, Role, StaffPerson } from '#contracts';
import { technicianGone } from '#field-service';
import {
  actorOf,
  createPerson,
  editStaff,
  importPeople,
  listStaff,
  may,
  NOBODYS,
  organisationById,
  type PolicyObject,
  removeSecondFactor,
  staffById,
  type Viewer,
} from '#registry';
import type { ApiDeps } from '../deps.ts';
import { mustBeFresh } from '../fresh.ts';
import { fileOf, IMPORT_ANSWERS, importAnswer, LARGEST_FILE_BYTES, takesFiles, wishOf } from '../import-bodies.ts';
import { notFound, problem } from '../problems.ts';
import { type Api, ById, EMPTY, IdPage, type Routes } from '../route.ts';
import { organisationOf } from '../scopes.ts';
import { allow, allowFor, allowOn, type ObjectKind, viewerOf } from '../wall.ts';

const tags = ['People'];

export const peopleRoutes: Routes = (app, deps) => {
  const staff = staffKind(deps);

  app.get(
    '/people',
    {
      config: allow('list-people'),
      schema: {
        operationId: 'listPeople',
        summary: 'Accounts of my organisation and its partners',
        tags,
        querystring: IdPage.extend({ role: Role.optional() }),
        response: { 200: page(StaffPerson) },
      },
    },
    (request) => listStaff(deps.sql, organisationOf(viewerOf(request)), request.query),
  );

  app.post(
    '/people',
    {
      config: allowFor('create-person', (body: z.infer<typeof NewPerson>, viewer) => employer(deps, body, viewer)),
      schema: {
        operationId: 'createPerson',
        summary: 'Make an account',
        tags,
        body: NewPerson,
        response: { 201: Person },
      },
    },
    async (request, reply) => {
      const viewer = viewerOf(request);
      if (request.body.role === 'administrator') await mustBeFresh(request, deps);
      const person = await createPerson(deps.sql, {
        ...request.body,
        organisation: request.body.organisation ?? organisationOf(viewer),
        now: deps.clock.now(),
        by: actorOf(viewer),
      });
      return reply.code(201).send(person);
    },
  );

  app.patch(
    '/people/:id',
    {
      config: allowOn('edit-person', staff),
      schema: {
        operationId: 'editPerson',
        summary: 'Change the role or organisation of an account, or switch it off; less rights end its sessions',
        tags,
        params: ById,
        body: PersonEdit,
        response: { 200: StaffPerson },
      },
    },
    async (request) => {
      await mustBeFresh(request, deps);
      const viewer = viewerOf(request);
      await mustEmploy(deps, viewer, request.body.organisation);
      const [person, now] = [request.params.id, deps.clock.now()];
      const edited = await deps.sql.transaction(async (tx) => {
        if (goes(request.body)) await technicianGone(tx, person, now);
        return editStaff(tx, { person, ...request.body, now, by: actorOf(viewer) });
      });
      if (!edited) throw notFound();
      return edited;
    },
  );

  app.delete(
    '/people/:id/second-factor',
    {
      config: allowOn('edit-person', staff),
      schema: {
        operationId: 'removeSecondFactorOf',
        summary: 'For somebody who lost his telephone: he enrols again after his next log-in',
        tags,
        params: ById,
        response: { 204: EMPTY },
      },
    },
    async (request, reply) => {
      await mustBeFresh(request, deps);
      await removeSecondFactor(deps.sql, {
        person: request.params.id,
        now: deps.clock.now(),
        by: actorOf(viewerOf(request)),
      });
      return reply.code(204).send();
    },
  );

  app.register(async (scope: Api) => {
    takesFiles(scope);
    scope.post(
      '/people/import',
      {
        config: allowFor('create-person', (_body, viewer) => employer(deps, {}, viewer)),
        bodyLimit: LARGEST_FILE_BYTES,
        schema: {
          operationId: 'importPeople',
          summary:
            'Make accounts from a file (CSV or JSON): name, email, role, language, time_zone, organisation, region, skills; each gets an invitation by mail',
          tags,
          consumes: ['text/csv', 'application/json'],
          querystring: ImportQuery,
          body: z.unknown().describe('CSV with a header, or a JSON list of objects; at most 10,000 lines and 5 MiB'),
          response: IMPORT_ANSWERS,
        },
      },
      async (request, reply) => {
        const wish = wishOf(request.query);
        const importing = { ...fileOf(request), wish, viewer: viewerOf(request), now: deps.clock.now() };
        if (!wish.check) await mustBeFresh(request, deps);
        const result = await importPeople(deps.sql, importing);
        await deps.jobs.wake('notifications');
        return importAnswer(reply, result, wish);
      },
    );
  });
};

/** Staff and whoever employs them; what is somebody else's does not exist. */
const staffKind = ({ sql }: ApiDeps): ObjectKind => ({
  read: 'edit-person',
  async load(id, viewer) {
    const person = await staffById(sql, id);
    return person?.organisation ? employer({ sql }, { organisation: person.organisation }, viewer) : null;
  },
});

/** What a technician would have done is somebody else's then, in one piece with the edit. */
const goes = ({ role, active, organisation }: z.infer<typeof PersonEdit>): boolean =>
  (role !== undefined && role !== 'technician') || active === false || organisation !== undefined;

/** An account for staff belongs to the organisation it is made for, and to the brand that firm works for. */
async function employer(
  { sql }: Pick<ApiDeps, 'sql'>,
  { organisation }: { organisation?: Id | undefined },
  viewer: Viewer,
): Promise<PolicyObject> {
  const known = organisation === undefined ? null : await organisationById(sql, organisation);
  const organisations = organisation === undefined ? [viewer.organisation] : [known?.id ?? null, known?.parent ?? null];
  return { ...NOBODYS, organisations: organisations.filter((id) => id !== null) };
}

/** Nobody moves people to where he could not make an account. */
async function mustEmploy(deps: ApiDeps, viewer: Viewer, organisation: Id | undefined): Promise<void> {
  if (organisation === undefined) return;
  if (may(viewer, 'edit-person', await employer(deps, { organisation }, viewer))) return;
  throw problem('unknown-organisation', 'There is no such organisation.');
}
