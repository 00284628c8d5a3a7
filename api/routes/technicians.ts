// Technicians, with how much each has to do.
import { page, Technician } from '#contracts';
import { technicianLoads } from '#field-service';
import { technicians } from '#registry';
import { type Routes, whole } from '../route.ts';
import { allow } from '../wall.ts';

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
    async () => {
      const [profiles, loads] = await Promise.all([technicians(deps.sql), technicianLoads(deps.sql)]);
      return whole(profiles.map((profile) => ({ ...profile, load: loads.get(profile.id) ?? 0 })));
    },
  );
};
