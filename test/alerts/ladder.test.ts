import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { acknowledge, alertById, listAlerts, requestService, snooze } from '#alerts';
import type { Id } from '#contracts';
import { MINUTE } from '#runtime';
import {
  COOLING,
  DOOR,
  diagnosisSays,
  type Episode,
  givenHome,
  type Home,
  openWorld,
  START,
  UNKNOWN,
  type World,
} from './world.ts';

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

const theAlert = async () => {
  const { items } = await listAlerts(world.sql, world.everything, { state: 'all', cursor: null, limit: 1 });
  return (await alertById(world.sql, items[0]!.id))!;
};

const opened = async (episode: Omit<Episode, 'appliance'>): Promise<Id> => {
  await diagnosisSays(world, 'opened', { appliance: home.appliance, ...episode });
  await world.sweep();
  return (await theAlert()).id;
};

const changed = async (minute: number, episode: Omit<Episode, 'appliance'>): Promise<void> => {
  world.at(minute);
  await diagnosisSays(world, 'changed', { appliance: home.appliance, ...episode });
  await world.sweep();
};

const requests = async () =>
  (await world.sql.query<{ body: object }>("select body from app.outbox where topic = 'service-request'")).map(
    (row) => row.body,
  );

const subjects = () => world.newMails().map((mail) => mail.subject);
const iso = (minute: number) => new Date(START + minute * MINUTE).toISOString();

describe('a door left open', () => {
  it('is reminded of once after ten minutes, and is over when it is closed', async () => {
    await opened({ causes: [DOOR] });
    expect((await theAlert()).next).toMatchObject({
      at: iso(10),
      text: { en: 'If it is not fine by {at}, we will remind you once.' },
    });
    world.newMails();
    await world.sweepAt(9);
    expect(subjects()).toEqual([]);
    await world.sweepAt(10);
    expect(subjects()).toEqual(['Kitchen fridge: Reminder: The fridge is too warm']);
    await world.sweepAt(45);
    expect(subjects()).toEqual([]);
    await diagnosisSays(world, 'closed', { appliance: home.appliance, causes: [DOOR] });
    await world.sweep();
    expect(subjects()).toEqual(['Kitchen fridge: Fine again: The fridge is too warm']);
    await world.sweepAt(300);
    expect(subjects()).toEqual([]);
    expect(await requests()).toEqual([]);
  });

  it('is not reminded of once somebody has seen it, yet handed over after two hours', async () => {
    const alert = await opened({ causes: [DOOR] });
    await acknowledge(world.alerts, { alert, person: home.owner.id, now: world.now() });
    await acknowledge(world.alerts, { alert, person: home.owner.id, now: world.now() });
    world.newMails();
    await world.sweepAt(119);
    expect(subjects()).toEqual([]);
    expect(await theAlert()).toMatchObject({ state: 'acknowledged', next: { at: iso(120) } });
    await world.sweepAt(120);
    expect(await requests()).toMatchObject([{ alert, reason: 'not-recovered' }]);
    expect((await theAlert()).next).toBeNull();
  });

  it('has no second message within ten minutes of the reminder', async () => {
    await opened({ causes: [DOOR] });
    await world.sweepAt(10);
    world.newMails();
    await changed(11, { causes: [COOLING] });
    expect(subjects()).toEqual([]);
    await world.sweepAt(20);
    expect(subjects()).toEqual(['Kitchen fridge: Update: The fridge is too warm']);
  });

  it('that is seen while its message waits is still told, without the reminder', async () => {
    world.at(60);
    await diagnosisSays(world, 'opened', { appliance: home.appliance, causes: [DOOR] }, { at: 1 });
    await world.sweep();
    const alert = (await theAlert()).id;
    await acknowledge(world.alerts, { alert, person: home.owner.id, now: world.now() });
    await world.sweepAt(61);
    const [mail] = world.newMails();
    expect(mail!.text).not.toContain('remind');
    expect(mail!.text).toContain('technician’s visit');
  });

  it('remembers who did what', async () => {
    const alert = await opened({ causes: [DOOR] });
    await acknowledge(world.alerts, { alert, person: home.owner.id, now: world.now() });
    await world.sweepAt(120);
    await diagnosisSays(world, 'closed', { appliance: home.appliance, causes: [DOOR] });
    await world.sweep();
    const events = await world.sql.query('select what, by from app.alert_event where alert = $1 order by position', [
      alert,
    ]);
    expect(events).toEqual([
      { what: 'opened', by: null },
      { what: 'acknowledged', by: home.owner.id },
      { what: 'handed-over', by: null },
      { what: 'closed', by: null },
    ]);
  });

  it('sends for the technician whom the next cause needs', async () => {
    await opened({ causes: [DOOR, { ...COOLING, probability: 0.08 }] });
    await world.sweepAt(120);
    expect(await requests()).toMatchObject([{ cause: { cause: 'refrigerant-leak', probability: 0.08 } }]);
  });

  it('wakes who has seen it when it becomes worse', async () => {
    const alert = await opened({ causes: [DOOR] });
    await acknowledge(world.alerts, { alert, person: home.owner.id, now: world.now() });
    world.newMails();
    await changed(5, { causes: [DOOR], severity: 'critical' });
    expect(subjects()).toEqual(['Kitchen fridge: Update: The fridge is too warm']);
    expect(await theAlert()).toMatchObject({ state: 'open', severity: 'critical' });
  });

  it('is not woken by a snooze that another episode has ended already', async () => {
    const door: Episode = { appliance: home.appliance, causes: [DOOR] };
    await diagnosisSays(world, 'opened', door);
    await world.sweepAt(1);
    const { id: alert } = await theAlert();
    await snooze(world.alerts, { alert, person: home.owner.id, until: START + 60 * MINUTE, now: world.now() });
    await diagnosisSays(world, 'opened', { ...door, episode: 2 });
    await world.sweepAt(2);
    expect((await theAlert()).state).toBe('open');
    await world.sweepAt(90);
    expect((await theAlert()).state).toBe('open');
  });

  it('is left in peace while snoozed, and goes to service only then', async () => {
    const alert = await opened({ causes: [DOOR] });
    await snooze(world.alerts, { alert, person: home.owner.id, until: START + 150 * MINUTE, now: world.now() });
    world.newMails();
    await world.sweepAt(149);
    expect(subjects()).toEqual([]);
    expect((await theAlert()).state).toBe('snoozed');
    await world.sweepAt(150);
    expect((await theAlert()).state).toBe('open');
    expect(await requests()).toHaveLength(1);
  });
});

describe('a cause that needs a technician', () => {
  it('goes to service after twenty minutes, once', async () => {
    const alert = await opened({ causes: [COOLING] });
    await world.sweepAt(19);
    expect(await requests()).toEqual([]);
    await world.sweepAt(20);
    expect(await requests()).toMatchObject([
      { alert, appliance: home.appliance, reason: 'needs-technician', cause: { cause: 'refrigerant-leak' } },
    ]);
    await changed(25, { causes: [COOLING], severity: 'critical' });
    await world.sweepAt(600);
    expect(await requests()).toHaveLength(1);
  });

  it('goes to service at once when the owner has answered', async () => {
    await opened({ causes: [COOLING] });
    const answers = [{ question: 'door-closed', answer: 'it-is-closed', at: START + 4 * MINUTE }];
    await changed(4, { causes: [{ ...COOLING, probability: 0.95 }], answers });
    expect(await requests()).toMatchObject([{ reason: 'needs-technician', cause: { probability: 0.95 } }]);
  });

  it('goes to service at once when the owner asks, once', async () => {
    const alert = await opened({ causes: [COOLING] });
    world.at(1);
    await requestService(world.alerts, { alert, person: home.owner.id, now: world.now() });
    await requestService(world.alerts, { alert, person: home.owner.id, now: world.now() });
    await world.sweepAt(60);
    expect(await requests()).toMatchObject([{ alert, reason: 'owner-asked' }]);
  });

  it('that is not sure waits an hour for the answer', async () => {
    await opened({ causes: [UNKNOWN, { ...COOLING, probability: 0.35 }] });
    await world.sweepAt(59);
    expect(await requests()).toEqual([]);
    await world.sweepAt(60);
    expect(await requests()).toMatchObject([{ reason: 'not-recovered', cause: { cause: 'unknown' } }]);
  });

  it('that turns into a matter of the owner gives him his two hours', async () => {
    await opened({ causes: [COOLING] });
    await changed(15, { causes: [DOOR] });
    await world.sweepAt(134);
    expect(await requests()).toEqual([]);
    await world.sweepAt(135);
    expect(await requests()).toHaveLength(1);
  });
});

describe('a problem that is getting better by itself', () => {
  it('hurries nobody while that lasts; when it stops, the clocks begin anew', async () => {
    await opened({ causes: [COOLING] });
    world.newMails();
    await changed(15, { causes: [COOLING], improving: true });
    await world.sweepAt(300);
    expect(await requests()).toEqual([]);
    expect((await theAlert()).next).toBeNull();
    expect(subjects()).toEqual([]);
    await changed(310, { causes: [COOLING] });
    await world.sweepAt(329);
    expect(await requests()).toEqual([]);
    await world.sweepAt(330);
    expect(await requests()).toHaveLength(1);
  });

  it('sends no message each time that the one who should act comes and goes with it', async () => {
    await opened({ causes: [UNKNOWN, DOOR] });
    world.newMails();
    for (const minute of [30, 90, 150]) {
      await changed(minute, { causes: [DOOR, UNKNOWN], improving: true });
      await changed(minute + 30, { causes: [UNKNOWN, DOOR] });
    }
    await world.sweepAt(200);
    expect(subjects()).toEqual([]);
    // It stays so, and does not get better by itself: now the owner has to know.
    await changed(210, { causes: [DOOR, UNKNOWN] });
    await world.sweepAt(211);
    expect(subjects()).toHaveLength(1);
  });

  it('is told as such', async () => {
    await opened({ causes: [DOOR], improving: true });
    expect(world.newMails()[0]!.text).toContain('It is getting better by itself.');
  });
});

describe('what nobody is sent for', () => {
  it.each([
    ['a notice', { causes: [COOLING], severity: 'notice' as const }],
    ['an appliance that is only not heard from', { causes: [COOLING], problem: 'appliance-silent' }],
  ])('%s is neither reminded of nor handed over, yet the owner may ask', async (_what, episode) => {
    const alert = await opened(episode);
    expect((await theAlert()).next).toBeNull();
    const [mail] = world.newMails();
    expect(mail!.text).toContain('We will do nothing more unless you ask for service.');
    await world.sweepAt(3 * 24 * 60);
    expect(subjects()).toEqual([]);
    expect(await requests()).toEqual([]);
    await requestService(world.alerts, { alert, person: home.owner.id, now: world.now() });
    expect(await requests()).toMatchObject([{ reason: 'owner-asked' }]);
  });

  it('an alert that is over', async () => {
    const alert = await opened({ causes: [DOOR] });
    await diagnosisSays(world, 'closed', { appliance: home.appliance, causes: [DOOR] });
    await world.sweep();
    const act = { alert, person: home.owner.id, now: world.now() };
    await expect(requestService(world.alerts, act)).rejects.toMatchObject({ code: 'wrong-state' });
    await expect(acknowledge(world.alerts, act)).rejects.toMatchObject({ code: 'wrong-state' });
    expect(await requests()).toEqual([]);
  });
});

it('clocks that were due while the platform was down fire when it is back, the hand-over instead of the reminder', async () => {
  await opened({ causes: [DOOR] });
  world.newMails();
  await world.sweepAt(24 * 60);
  expect(await requests()).toHaveLength(1);
  expect(subjects().filter((subject) => subject.includes('Reminder'))).toEqual([]);
});
