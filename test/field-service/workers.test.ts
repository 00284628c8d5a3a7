// Eight workers at once on one PostgreSQL: nothing is doubled, nothing is lost between them.
import { afterAll, afterEach, beforeAll, beforeEach, expect, it } from 'vitest';
import { listAlerts, sweepAlerts, sweepNotifications } from '#alerts';
import { type Id, newId } from '#contracts';
import { acceptVisit, caseById, listCases, sweepFieldService } from '#field-service';
import { DOOR, diagnosisSays, givenHome, givenPerson, type Home, openWorld, type World } from '../alerts/world.ts';
import { postgresDatabase } from '../engines/databases.ts';
import { describeEngine } from '../servers/servers.ts';
import { alertsAsks, alertsSaysOver, mailed } from './desk.ts';

const WORKERS = 8;
const HOMES = 12;

describeEngine('PostgreSQL', 'workers of alerts and field service', () => {
  let world: World;
  let homes: Home[];
  beforeAll(async () => {
    world = await openWorld(postgresDatabase);
  });
  beforeEach(async () => {
    await world.reset();
    homes = [];
    for (let index = 0; index < HOMES; index++) homes.push(await givenHome(world));
  });
  afterEach(() => expect(world.errors).toEqual([]));
  afterAll(() => world[Symbol.asyncDispose]());

  const atOnce = (sweep: () => Promise<unknown>) => Promise.all(Array.from({ length: WORKERS }, sweep));
  const sweepService = () => atOnce(() => sweepFieldService(world.service, world.now()));
  const page = { state: 'all', cursor: null, limit: 200 } as const;
  const cases = async () => {
    const { items } = await listCases(world.sql, world.everything, { ...page, now: world.now() });
    return Promise.all(items.map(async ({ id }) => (await caseById(world.sql, id))!));
  };
  const technician = (name: string) =>
    givenPerson(world, 'technician', { name, region: 'north', skills: ['refrigeration'] });

  it('leave one alert and one mail for findings of one problem that arrive together', async () => {
    // Keys of their own: no order keeps the workers apart, only the database does.
    for (const { appliance } of homes) {
      for (let episode = 0; episode < 4; episode++) {
        await diagnosisSays(world, 'opened', { appliance, causes: [DOOR], episode }, { key: newId() });
      }
    }
    await atOnce(() => sweepAlerts(world.alerts, world.now()));
    const { items } = await listAlerts(world.sql, world.everything, page);
    expect(items.map((item) => item.appliance).sort()).toEqual(homes.map((home) => home.appliance).sort());
    await atOnce(() => sweepNotifications(world.alerts, world.now()));
    expect(mailed(world)).toHaveLength(HOMES);
    const [tries] = await world.sql.query<{ sum: number }>('select sum(attempts)::int from app.notification');
    expect(tries!.sum).toBe(HOMES);
  });

  it('leave no case open whose request and end arrive together', async () => {
    await technician('Adam');
    // One at a time: while one worker takes the request, the others find only the end.
    for (const home of homes) {
      await alertsSaysOver(world, await alertsAsks(world, home));
      await sweepService();
    }
    const all = await cases();
    expect(all).toHaveLength(HOMES);
    expect(all.filter((one) => one.state !== 'closed')).toEqual([]);
  });

  it('fire each clock once', async () => {
    await technician('Adam');
    await technician('Berta');
    for (const home of homes) await alertsAsks(world, home);
    await sweepService();
    for (const minute of [10, 20, 30]) {
      world.at(minute);
      await sweepService();
    }
    const counts = (await cases()).map(({ timeline, visits }) => ({
      visits: visits.length,
      offered: timeline.filter((entry) => entry.what === 'offered').length,
      reminded: timeline.filter((entry) => entry.what === 'reminded').length,
      notAnswered: timeline.filter((entry) => entry.what === 'not-answered').length,
    }));
    expect(counts).toEqual(Array(HOMES).fill({ visits: 1, offered: 2, reminded: 2, notAnswered: 1 }));
  });

  it('agree on who comes when somebody accepts at the moment he is given up on', async () => {
    const adam = await technician('Adam');
    for (const home of homes) await alertsAsks(world, home);
    await sweepService();
    await technician('Berta');
    world.at(30);
    const accept = (visit: Id) =>
      acceptVisit(world.service, { visit, person: adam.id, now: world.now() }).then(
        () => 'Adam accepted',
        (error: { code: string }) => error.code,
      );
    const before = await cases();
    const [answers] = await Promise.all([
      Promise.all(before.map(({ visits }) => accept(visits[0]!.id))),
      sweepService(),
    ]);
    const after = await cases();
    const outcomes = after.map(({ visits: [visit] }) => `${visit!.technician!.name} ${visit!.state}`);
    expect(outcomes.map((outcome) => (outcome === 'Adam accepted' ? outcome : 'not-yours'))).toEqual(answers);
    expect(outcomes.every((outcome) => outcome === 'Adam accepted' || outcome === 'Berta offered')).toBe(true);
  });
});
