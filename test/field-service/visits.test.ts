import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { type Id, newId, type Person } from '#contracts';
import {
  acceptVisit,
  caseHands,
  casesOfAlerts,
  finishVisit,
  listCases,
  pickSlot,
  slotsFor,
  workOf,
} from '#field-service';
import { setPreferences } from '#registry';
import { MINUTE } from '#runtime';
import { givenHome, givenPerson, type Home, openWorld, START, type World } from '../alerts/world.ts';
import { alertsAsks, alertsSaysOver, mailed, theCase, theVisit, timeline } from './desk.ts';

let world: World;
let home: Home;
let tom: Person;
let alert: Id;
beforeAll(async () => {
  world = await openWorld();
});
beforeEach(async () => {
  await world.reset();
  home = await givenHome(world);
  tom = await givenPerson(world, 'technician', { name: 'Tom', region: 'north', skills: ['refrigeration'] });
  alert = await alertsAsks(world, home);
  await world.sweep();
  world.newMails();
});
afterAll(() => world[Symbol.asyncDispose]());

const iso = (minute: number) => new Date(START + minute * MINUTE).toISOString();
const act = async (person: Id) => ({ visit: (await theVisit(world)).id, person, now: world.now() });
const accept = async () => acceptVisit(world.service, await act(tom.id));
const finish = async (outcome: 'repaired' | 'nothing-found' | 'part-needed') =>
  finishVisit(world.service, { ...(await act(tom.id)), result: { outcome, note: 'Fan replaced.' } });
const pick = async (start: number) => pickSlot(world.service, { ...(await act(home.owner.id)), start });
const slots = async (now: number) => slotsFor(world.sql, (await theVisit(world)).id, now);
const over = async (how: 'resolved' | 'withdrawn' = 'resolved') => {
  await alertsSaysOver(world, alert, how);
  await world.sweep();
};

describe('the times offered', () => {
  it('are mornings and afternoons of the next three working days, in the time zone of the household', async () => {
    // Tuesday 09:00 in Berlin: today's morning has begun.
    expect(await slots(START)).toEqual([
      { start: '2026-03-03T12:00:00.000Z', end: '2026-03-03T16:00:00.000Z' },
      { start: '2026-03-04T08:00:00.000Z', end: '2026-03-04T11:00:00.000Z' },
      { start: '2026-03-04T12:00:00.000Z', end: '2026-03-04T16:00:00.000Z' },
      { start: '2026-03-05T08:00:00.000Z', end: '2026-03-05T11:00:00.000Z' },
      { start: '2026-03-05T12:00:00.000Z', end: '2026-03-05T16:00:00.000Z' },
    ]);
  });

  it('leave out Sundays, and follow the change to summer time', async () => {
    // Friday evening; Berlin changes its clocks in the night to Sunday, 29 March 2026.
    expect((await slots(Date.UTC(2026, 2, 27, 20))).map((slot) => slot.start)).toEqual([
      '2026-03-28T08:00:00.000Z',
      '2026-03-28T12:00:00.000Z',
      '2026-03-30T07:00:00.000Z',
      '2026-03-30T11:00:00.000Z',
      '2026-03-31T07:00:00.000Z',
      '2026-03-31T11:00:00.000Z',
    ]);
  });

  it('are those of the day that the household lives in', async () => {
    await setPreferences(world.sql, home.owner.id, { timeZone: 'Asia/Shanghai' });
    // Saturday 23:00 UTC is Sunday in Shanghai.
    expect((await slots(Date.UTC(2026, 2, 7, 23)))[0]!.start).toBe('2026-03-09T01:00:00.000Z');
  });
});

describe('the owner picks a time', () => {
  const WEDNESDAY = Date.parse('2026-03-04T08:00:00.000Z');

  it('before anybody accepted: the technician reads it when he accepts, the owner in the answer', async () => {
    await pick(WEDNESDAY);
    await pick(WEDNESDAY);
    await world.sweep();
    expect(mailed(world)).toEqual([]);
    expect((await theVisit(world)).slot).toEqual({
      start: '2026-03-04T08:00:00.000Z',
      end: '2026-03-04T11:00:00.000Z',
    });
    await accept();
    await world.sweep();
    expect(world.newMails()[0]!.text).toContain('Time of the visit: 4 Mar, 09:00 to 4 Mar, 12:00.');
    expect((await timeline(world)).filter((text) => text.startsWith('Time'))).toHaveLength(1);
  });

  it('after the technician accepted: he is told', async () => {
    await accept();
    await world.sweep();
    mailed(world);
    await pick(WEDNESDAY);
    await world.sweep();
    // Tom reads it in UTC, his own time zone.
    expect(mailed(world)).toEqual(['Tom: The time of your visit: 4 Mar, 08:00']);
    expect((await theCase(world)).timeline.at(-1)).toMatchObject({ what: 'slot-picked', by: 'Anna' });
  });

  it('only one of those offered', async () => {
    for (const start of [WEDNESDAY + MINUTE, START - 60 * MINUTE]) {
      await expect(pick(start)).rejects.toMatchObject({
        code: 'not-a-slot',
        hint: expect.stringContaining('2026-03-04'),
      });
    }
  });
});

describe('when it recovers by itself', () => {
  it('the case closes, the visit is cancelled, and technician and owner hear it once', async () => {
    await accept();
    await world.sweep();
    mailed(world);
    await over();
    await over();
    expect(mailed(world).sort()).toEqual([
      'Anna: Fine again: The fridge is too warm',
      'Tom: The visit is cancelled: The fridge is too warm',
    ]);
    expect(await theCase(world)).toMatchObject({ state: 'closed', closedAt: iso(0), visits: [{ state: 'cancelled' }] });
    await world.sweepAt(600);
    expect(mailed(world)).toEqual([]);
    await expect(finish('repaired')).rejects.toMatchObject({ code: 'wrong-state' });
    await expect(accept()).rejects.toMatchObject({ code: 'wrong-state' });
  });

  it('an offer that nobody answered is reminded of no more', async () => {
    await over();
    mailed(world);
    await world.sweepAt(10);
    await world.sweepAt(30);
    expect(mailed(world)).toEqual([]);
  });

  it('a false alarm is called one', async () => {
    await over('withdrawn');
    expect(mailed(world)).toContain('Anna: False alarm: The fridge is too warm');
    expect((await timeline(world)).at(-1)).toContain('false alarm');
  });

  it('before the request was even taken, nobody is sent and the owner hears the end', async () => {
    await world.sql.query('truncate app.case_event, app.visit_offer, app.visit, app.service_case, app.alert_end');
    const early = newId();
    await alertsSaysOver(world, early);
    await world.sweep();
    await alertsAsks(world, home, { alert: early });
    await world.sweep();
    expect(mailed(world)).toEqual(['Anna: Fine again: The fridge is too warm']);
    expect(await theCase(world)).toMatchObject({ state: 'closed', visits: [] });
  });

  it('while the technician is there, his report is awaited, and closes the case', async () => {
    await pick(Date.parse('2026-03-03T12:00:00.000Z'));
    await accept();
    await world.sweepAt(5 * 60);
    mailed(world);
    await over();
    expect(await theVisit(world)).toMatchObject({ state: 'accepted' });
    expect(mailed(world)).toEqual([]);
    await finish('repaired');
    await world.sweep();
    expect(await theCase(world)).toMatchObject({ state: 'closed', visits: [{ state: 'done' }] });
    expect(world.newMails().map((mail) => mail.text)).toEqual([expect.stringContaining('The readings prove')]);
  });

  it('while the technician should be there but never reports, the case closes two hours after the agreed time', async () => {
    await pick(Date.parse('2026-03-03T12:00:00.000Z'));
    await accept();
    await world.sweepAt(5 * 60);
    await over();
    await world.sweepAt(10 * 60 - 1);
    expect((await theCase(world)).state).toBe('open');
    await world.sweepAt(10 * 60);
    expect(await theCase(world)).toMatchObject({ state: 'closed', visits: [{ state: 'cancelled' }] });
  });
});

describe('after the visit', () => {
  beforeEach(async () => {
    await accept();
    await world.sweep();
    world.newMails();
  });

  it('a repair is believed when the readings prove it', async () => {
    await finish('repaired');
    await world.sweep();
    expect((await theCase(world)).state).toBe('verifying');
    expect(mailed(world)).toEqual(['Anna: After the visit: The fridge is too warm']);
    expect((await timeline(world)).at(-1)).toBe('Tom finished the visit: repaired. Fan replaced.');
    world.at(300);
    await over();
    expect(mailed(world)).toEqual(['Anna: Fine again: The fridge is too warm']);
    expect(await theCase(world)).toMatchObject({ state: 'closed', visits: [{ state: 'done' }] });
    expect((await timeline(world)).at(-1)).toBe('The readings prove recovery; closed.');
  });

  it('a repair that the readings do not prove within a day opens the case again, with another visit', async () => {
    await finish('repaired');
    await world.sweepAt(24 * 60 - 1);
    mailed(world);
    await world.sweepAt(24 * 60);
    expect(await theCase(world)).toMatchObject({ state: 'open', visits: [{ state: 'done' }, { state: 'offered' }] });
    expect(mailed(world).sort()).toEqual([
      'Anna: Not fine yet: The fridge is too warm',
      'Tom: A visit for you: The fridge is too warm',
    ]);
  });

  it('nothing found is verified like a repair', async () => {
    await finish('nothing-found');
    expect((await theCase(world)).state).toBe('verifying');
  });

  it('with a part to fetch, the same technician comes again', async () => {
    await finish('part-needed');
    await world.sweep();
    expect(await theCase(world)).toMatchObject({
      state: 'open',
      visits: [
        { state: 'done', technician: { id: tom.id } },
        { state: 'accepted', technician: { id: tom.id }, slot: null, responseDueAt: null },
      ],
    });
    expect(mailed(world)).toEqual(['Anna: After the visit: The fridge is too warm']);
    await over();
    expect((await theCase(world)).visits.map((visit) => visit.state)).toEqual(['done', 'cancelled']);
  });

  it('cannot be finished twice', async () => {
    await finish('repaired');
    await expect(finish('repaired')).rejects.toMatchObject({ code: 'wrong-state' });
  });
});

describe('who sees a case', () => {
  const all = { state: 'all', cursor: null, limit: 10 } as const;
  const count = async (scope: Parameters<typeof listCases>[1]) =>
    (await listCases(world.sql, scope, { ...all, now: world.now() })).items.length;

  it('its household and the technician who has work on it, nobody else', async () => {
    const other = await givenHome(world);
    const idle = await givenPerson(world, 'technician', { region: 'north', skills: [] });
    const { id } = await theCase(world);
    expect(await count({ households: [home.household] })).toBe(1);
    expect(await count({ households: [other.household] })).toBe(0);
    expect(await count({ technician: tom.id })).toBe(1);
    expect(await count({ technician: idle.id })).toBe(0);
    expect(await caseHands(world.sql, id, world.now())).toEqual({
      appliance: home.appliance,
      household: home.household,
      organisations: [world.brand],
      technicians: [tom.id],
    });
    expect(await workOf(world.sql, { technician: tom.id }, world.now())).toEqual({
      appliances: [home.appliance],
      alerts: [alert],
    });
    expect(await casesOfAlerts(world.sql, [alert, newId()])).toEqual(new Map([[alert, id]]));
  });

  it('no longer the technician to whom it was offered in vain', async () => {
    await world.sweepAt(30);
    expect(await count({ technician: tom.id })).toBe(0);
    expect(await workOf(world.sql, { technician: tom.id }, world.now())).toEqual({ appliances: [], alerts: [] });
  });
});
