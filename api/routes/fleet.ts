// The fleet at a glance, for service staff.
import { Fleet } from '#contracts';
import type { Routes } from '../route.ts';
import { organisationOf } from '../scopes.ts';
import { fleetView } from '../views/fleet.ts';
import { allow, viewerOf } from '../wall.ts';

export const fleetRoutes: Routes = (app, deps) => {
  app.get(
    '/fleet',
    {
      config: allow('read-fleet'),
      schema: {
        operationId: 'getFleet',
        summary: 'How many appliances are fine, which problems are open, what is overdue',
        tags: ['Fleet'],
        response: { 200: Fleet },
      },
    },
    (request) => fleetView(deps.sql, organisationOf(viewerOf(request)), deps.clock.now()),
  );
};
