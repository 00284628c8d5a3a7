// Claim and transfer: how an appliance comes to a household, and how it leaves.
import { moveAlerts } from '#alerts';
import { type Id, NewClaim, Passport, Transferred } from '#contracts';
import { actorOf, claimAppliance, claimUrl, transferAppliance, type Viewer } from '#registry';
import type { ApiDeps } from '../deps.ts';
import { LOG_INS_PER_MINUTE } from '../hardening.ts';
import { freshLookups, objectKinds } from '../objects.ts';
import { endFormerRest } from '../presence.ts';
import { problem } from '../problems.ts';
import { ById, type Routes } from '../route.ts';
import { passportView } from '../views/passport.ts';
import { allow, allowOn, viewerOf } from '../wall.ts';

export const claimRoutes: Routes = (app, deps) => {
  const { appliance } = objectKinds(deps.sql, freshLookups(deps.sql, deps.clock));

  app.post(
    '/claims',
    {
      config: { ...allow('claim-appliance'), rateLimit: { max: LOG_INS_PER_MINUTE } },
      schema: {
        operationId: 'claimAppliance',
        summary: 'Claim an appliance with the code on its label; the answer is its passport',
        tags: ['Appliances'],
        body: NewClaim,
        response: { 201: Passport },
      },
    },
    async (request, reply) => {
      const [viewer, now] = [viewerOf(request), deps.clock.now()];
      const said = await claimAppliance(deps.sql, {
        viewer,
        address: request.ip,
        claim: request.body,
        pepper: deps.pepper,
        now,
        // What was open while it stood in no household is its new one's from here on.
        claimed: (tx, claimed) => moveAlerts(tx, claimed, now),
      });
      switch (said.outcome) {
        case 'claimed':
          await endFormerRest(deps, said.appliance, viewer);
          await wake(deps);
          return reply.code(201).send(await passportView(deps, said.appliance, viewer));
        case 'already-claimed':
          throw problem('already-claimed', 'This appliance stands in your household already.');
        case 'too-many':
          reply.header('retry-after', String(Math.ceil(said.waitMs / 1000)));
          throw problem('too-many-claims', 'Too many codes were wrong.', {
            hint: `Try again in ${Math.ceil(said.waitMs / 60_000)} minutes.`,
          });
        case 'wrong-code':
          throw problem('wrong-claim-code', 'Model, serial and code do not fit together.');
      }
    },
  );

  app.post(
    '/appliances/:id/transfer',
    {
      config: { ...allowOn('transfer-appliance', appliance), secretAnswer: true },
      schema: {
        operationId: 'transferAppliance',
        summary:
          'Give an appliance away: it leaves the household at once; the code for the next owner is shown this once',
        tags: ['Appliances'],
        params: ById,
        response: { 200: Transferred },
      },
    },
    (request) => transfer(deps, request.params.id, viewerOf(request)),
  );
};

async function transfer(deps: ApiDeps, appliance: Id, viewer: Viewer) {
  const now = deps.clock.now();
  const unit = await deps.sql.transaction(async (tx) => {
    const given = await transferAppliance(tx, { appliance, by: actorOf(viewer), now });
    await moveAlerts(tx, appliance, now);
    return given;
  });
  await wake(deps);
  return { code: unit.code, url: claimUrl(deps.publicUrl, unit) };
}

async function wake({ jobs }: ApiDeps): Promise<void> {
  await jobs.wake('notifications');
  await jobs.wake('field-service');
}
