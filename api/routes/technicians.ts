// Technicians: how much each has to do, and their files.
import type { z } from 'zod';
import { page, Technician, TechnicianEdit, TechnicianFile } from '#contracts';
import { technicianLoads } from '#field-service';
import { actorOf, editTechnician, NOBODYS, organisationsUnder, technicianById, technicians } from '#registry';
import type { ApiDeps } from '../deps.ts';
import { notFound } from '../problems.ts';
import { ById, type Routes, whole } from '../route.ts';
import { organisationOf } from '../scopes.ts';
import { allow, allowOn, type ObjectKind, viewerOf } from '../wall.ts';

const tags = ['Field service'];

export const technicianRoutes: Routes = (app, deps) => {
  const technician = technicianKind(deps);

  app.get(
    '/technicians',
    {
      config: allow('list-technicians'),
      schema: { operationId: 'listTechnicians', summary: 'Who can be sent', tags, response: { 200: page(Technician) } },
    },
    async (request) => {
      const around = await organisationsUnder(deps.sql, organisationOf(viewerOf(request)));
      const [profiles, loads] = await Promise.all([
        technicians(
          deps.sql,
          around.map(({ id }) => id),
        ),
        technicianLoads(deps.sql),
      ]);
      return whole(profiles.map((profile) => ({ ...profile, load: loads.get(profile.id) ?? 0 })));
    },
  );

  app.get(
    '/technicians/:id',
    {
      config: allowOn('list-technicians', technician),
      schema: {
        operationId: 'getTechnician',
        summary: 'One technician: region, skills, certificates, shifts',
        tags,
        params: ById,
        response: { 200: TechnicianFile },
      },
    },
    (request) => fileOf(deps, request.params.id),
  );

  app.patch(
    '/technicians/:id',
    {
      config: allowOn('edit-technician', technician),
      schema: {
        operationId: 'editTechnician',
        summary: 'Change where a technician works, what he can do, his certificates or his shifts',
        tags,
        params: ById,
        body: TechnicianEdit,
        response: { 200: TechnicianFile },
      },
    },
    async (request) => {
      await editTechnician(deps.sql, {
        person: request.params.id,
        edit: request.body,
        now: deps.clock.now(),
        by: actorOf(viewerOf(request)),
      });
      return fileOf(deps, request.params.id);
    },
  );
};

async function fileOf({ sql }: ApiDeps, id: string): Promise<z.infer<typeof TechnicianFile>> {
  const [found, loads] = await Promise.all([technicianById(sql, id), technicianLoads(sql)]);
  if (!found) throw notFound();
  return { ...found, load: loads.get(id) ?? 0 };
}

/** Those whom the list shows; of his own organisation and of its partners a dispatcher may edit. */
const technicianKind = ({ sql }: ApiDeps): ObjectKind => ({
  read: 'list-technicians',
  async load(id, viewer) {
    const found = await technicianById(sql, id);
    if (!found || viewer.organisation === null) return null;
    const around = await organisationsUnder(sql, viewer.organisation);
    const employer = around.find((one) => one.id === found.organisation);
    if (!employer) return null;
    return { ...NOBODYS, organisations: [employer.id, ...(employer.parent === null ? [] : [employer.parent])] };
  },
});
