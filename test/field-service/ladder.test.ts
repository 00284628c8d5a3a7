// From the finding to the accepted visit, through alerts and field service together.
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { alertById, listAlerts } from '#alerts';
import { acceptVisit, casesOfAlerts } from '#field-service';
import { COOLING, diagnosisSays, givenHome, givenPerson, type Home, openWorld, type World } from '../alerts/world.ts';
import { mailed, theCase, theVisit } from './desk.ts';

let world: World;
let home: Home;
beforeAll(async () => {
  world = await openWorld();
});
beforeEach(async () => {
  await world.reset();
  home = await givenHome(world);
  await diagnosisSays(world, 'opened', { appliance: home.appliance, causes: [COOLING] });
  await world.sweep();
});
afterAll(() => world[Symbol.asyncDispose]());

const theAlert = async () => {
  const { items } = await listAlerts(world.sql, world.everything, { state: 'all', cursor: null, limit: 1 });
  return (await alertById(world.sql, items[0]!.id))!;
};

describe('cooling that fails', () => {
  it('becomes a technician’s visit; its recovery ends everything with one message to each', async () => {
    const tom = await givenPerson(world, 'technician', { name: 'Tom', region: 'north', skills: ['refrigeration'] });
    expect(mailed(world)).toEqual(['Anna: The fridge is too warm']);
    await world.sweepAt(20);
    expect(mailed(world)).toEqual([
      'Anna: We are arranging a technician’s visit',
      'Tom: A visit for you: The fridge is too warm',
    ]);
    const alert = await theAlert();
    expect(await casesOfAlerts(world.sql, [alert.id])).toEqual(new Map([[alert.id, (await theCase(world)).id]]));
    expect(alert.notifications.map(({ kind, to, state }) => `${kind} ${to} ${state}`)).toEqual([
      'opened Anna sent',
      'visit-arranging Anna sent',
      'visit-offered Tom sent',
    ]);
    await acceptVisit(world.service, { visit: (await theVisit(world)).id, person: tom.id, now: world.now() });
    await world.sweepAt(60);
    expect(mailed(world)).toEqual(['Anna: Tom will come to you']);
    await diagnosisSays(world, 'closed', { appliance: home.appliance, causes: [COOLING] });
    await world.sweep();
    expect(mailed(world).sort()).toEqual([
      'Anna: Fine again: The fridge is too warm',
      'Tom: The visit is cancelled: The fridge is too warm',
    ]);
    expect((await theAlert()).state).toBe('resolved');
    expect((await theCase(world)).state).toBe('closed');
  });

  it('that nobody accepts reaches the dispatchers', async () => {
    await givenPerson(world, 'dispatcher', { name: 'Dora' });
    await givenPerson(world, 'technician', { name: 'Tom', region: 'north', skills: ['refrigeration'] });
    for (const minute of [20, 30, 40, 50]) await world.sweepAt(minute);
    expect(mailed(world)).toContain('Dora: Nobody has accepted a visit: The fridge is too warm');
    expect((await theVisit(world)).state).toBe('unassigned');
  });
});
