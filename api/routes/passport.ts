// The passport of an appliance, and what is noted in it.
import { z } from 'zod';
import { ConsumableChanged, Id, NewModule, Passport, PassportEdit, SwappedModule } from '#contracts';
import { actorOf, editPassport, noteConsumable, swapModule } from '#registry';
import { freshLookups, objectKinds } from '../objects.ts';
import { ById, type Routes } from '../route.ts';
import { passportView } from '../views/passport.ts';
import { allowOn, viewerOf } from '../wall.ts';

const ByConsumable = z.object({ id: Id, consumable: z.string().max(60) });

export const passportRoutes: Routes = (app, deps) => {
  const { appliance } = objectKinds(deps.sql, freshLookups(deps.sql, deps.clock));

  app.get(
    '/appliances/:id/passport',
    {
      config: {
        ...allowOn('read-passport', appliance),
        liveFields: ['history', 'consumables', 'daysLeft', 'inWarranty'],
      },
      schema: {
        operationId: 'getPassport',
        summary: 'What it is, where it stands, warranty, manuals, consumables, and what was done with it',
        tags: ['Appliances'],
        params: ById,
        response: { 200: Passport },
      },
    },
    (request) => passportView(deps, request.params.id, viewerOf(request)),
  );

  app.patch(
    '/appliances/:id/passport',
    {
      config: allowOn('edit-passport', appliance),
      schema: {
        operationId: 'editPassport',
        summary: 'Note the day of purchase or installation, the firmware, or how it stands',
        tags: ['Appliances'],
        params: ById,
        body: PassportEdit,
        response: { 200: Passport },
      },
    },
    async (request) => {
      const { id } = request.params;
      const viewer = viewerOf(request);
      const now = deps.clock.now();
      await editPassport(deps.sql, { appliance: id, edit: request.body, by: actorOf(viewer), now });
      return passportView(deps, id, viewer);
    },
  );

  app.put(
    '/appliances/:id/consumables/:consumable',
    {
      config: allowOn('note-consumable', appliance),
      schema: {
        operationId: 'noteConsumable',
        summary: 'It was changed: today, or on the day that is given',
        tags: ['Appliances'],
        params: ByConsumable,
        body: ConsumableChanged,
        response: { 200: Passport },
      },
    },
    async (request) => {
      const { id, consumable } = request.params;
      const viewer = viewerOf(request);
      const note = { appliance: id, consumable, changedOn: request.body.changedOn, by: actorOf(viewer) };
      await noteConsumable(deps.sql, { ...note, now: deps.clock.now() });
      return passportView(deps, id, viewer);
    },
  );

  app.post(
    '/appliances/:id/module',
    {
      config: { ...allowOn('swap-module', appliance), secretAnswer: true },
      schema: {
        operationId: 'swapModule',
        summary: 'A new Wi-Fi module: the old one is cut at once; the secret of the new one is shown this once',
        tags: ['Appliances'],
        params: ById,
        body: NewModule,
        response: { 201: SwappedModule },
      },
    },
    async (request, reply) => {
      const { fingerprint, firmware } = request.body;
      const secret = await swapModule(deps.sql, {
        appliance: request.params.id,
        ...(fingerprint === undefined ? {} : { fingerprint }),
        ...(firmware === undefined ? {} : { firmware }),
        by: actorOf(viewerOf(request)),
        now: deps.clock.now(),
        pepper: deps.pepper,
      });
      return reply.code(201).send({ secret });
    },
  );
};
