// Technicians, with how much each has to do.
import { page, Technician } from '#contracts';
import { technicianLoads } from '#field-service';
import { organisationsAround, technicians } from '#registry';
import { type Routes, whole } from '../route.ts';
import { organisationOf } from '../scopes.ts';
import { allow, viewerOf } from '../wall.ts';

export const technicianRoutes: Routes = (app, deps) => {
  app.get(
    '/technicians',
    {
      config: allow('list-technicians'),
      schema: {
        operationId: 'listTechnicians',
        summary: 'Who can be sent',
        tags: ['Field service'],
        response: { 200: page(Technician) },
      },
    },
    async (request) => {
      const around = await organisationsAround(deps.sql, organisationOf(viewerOf(request)));
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
};
