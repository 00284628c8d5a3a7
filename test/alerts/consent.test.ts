// Who wants no mails gets none; what happened still stands on the page.
import { afterAll, beforeAll, beforeEach, expect, it } from 'vitest';
import { alertById, listAlerts, sweepAlerts, sweepNotifications } from '#alerts';
import { sayConsent } from '#registry';
import { DOOR, diagnosisSays, givenHome, type Home, openWorld, type World } from './world.ts';

let world: World;
let home: Home;
beforeAll(async () => {
  world = await openWorld();
});
beforeEach(async () => {
  await world.reset();
  home = await givenHome(world);
});
afterAll(() => world[Symbol.asyncDispose]());

const say = (given: boolean) =>
  sayConsent(world.sql, {
    person: home.owner.id,
    purpose: 'service-messages',
    given,
    language: 'en',
    by: `person:${home.owner.id}`,
    now: world.now(),
  });

async function told(): Promise<unknown> {
  await diagnosisSays(world, 'opened', { appliance: home.appliance, causes: [DOOR], severity: 'notice' });
  await sweepAlerts(world.alerts, world.now());
  await sweepNotifications(world.alerts, world.now());
  const { items } = await listAlerts(world.sql, world.everything, { state: 'all', cursor: null, limit: 1 });
  return (await alertById(world.sql, items[0]!.id))!.notifications[0];
}

it('somebody who withdrew his consent to mails gets none, and the alert says so', async () => {
  await say(false);
  expect(await told()).toMatchObject({ state: 'not-sent', reason: 'this person wants no such mails' });
  expect(world.newMails()).toEqual([]);
});

it('somebody who gave it again gets them again', async () => {
  await say(false);
  await say(true);
  expect(await told()).toMatchObject({ state: 'sent' });
  expect(world.newMails()).toHaveLength(1);
});
