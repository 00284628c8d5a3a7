import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import type { Id } from '#contracts';
import { acceptVisit, assign, countService, refuseVisit, technicianLoads } from '#field-service';
import { MINUTE } from '#runtime';
import {
  COOLING,
  DOOR,
  givenHome,
  givenPerson,
  type Home,
  openWorld,
  START,
  UNKNOWN,
  type World,
} from '../alerts/world.ts';
import { alertsAsks, mailed, theCase, theVisit, timeline } from './desk.ts';

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

const technician = (name: string, region = 'north', skills = ['refrigeration']) =>
  givenPerson(world, 'technician', { name, region, skills });
const dispatcher = (name = 'Dora') => givenPerson(world, 'dispatcher', { name });
const iso = (minute: number) => new Date(START + minute * MINUTE).toISOString();
const act = async (person: Id) => ({ visit: (await theVisit(world)).id, person, now: world.now() });

/** Sweeps each of these minutes and returns what was mailed at each where something was. */
async function mailedAt(minutes: readonly number[]): Promise<Record<number, string[]>> {
  const mails: Record<number, string[]> = {};
  for (const minute of minutes) {
    await world.sweepAt(minute);
    const said = mailed(world);
    if (said.length > 0) mails[minute] = said;
  }
  return mails;
}
const upTo = (last: number) => Array.from({ length: last }, (_, index) => index + 1);

describe('a request for service', () => {
  it('becomes a case with a visit offered to a technician, and both sides hear of it', async () => {
    const { id, name } = await technician('Tom');
    await alertsAsks(world, home);
    await world.sweep();
    expect(await theCase(world)).toMatchObject({
      appliance: home.appliance,
      applianceName: 'Kitchen fridge',
      household: { id: home.household, region: 'north' },
      state: 'open',
      visits: [
        {
          state: 'offered',
          technician: { id, name },
          skill: 'refrigeration',
          parts: [{ en: 'evaporator fan' }],
          responseDueAt: iso(30),
          reminders: 0,
          escalatedAt: null,
        },
      ],
    });
    const [opened, offered] = (await theCase(world)).timeline;
    expect(opened!.text.values!.probability).toEqual({ value: 80, unit: '%' });
    expect(offered!.text).toMatchObject({ en: 'The visit is offered to Tom.', zh: '已邀请 Tom 上门。' });
    const mails = world.newMails();
    const toOwner = mails.find((mail) => mail.to.includes('Anna'))!;
    expect(toOwner.text).toContain(`https://stethos.example.org/cases/${(await theCase(world)).id}`);
    const toTom = mails.find((mail) => mail.to.includes('Tom'))!;
    expect(toTom.subject).toBe('A visit for you: The fridge is too warm');
    expect(toTom.text).toContain('Most likely: cooling is failing (probability 80 %).');
    expect(toTom.text).toContain('- evaporator fan');
    expect(toTom.text).toContain(`https://stethos.example.org/visits/${(await theVisit(world)).id}`);
    expect(mails).toHaveLength(2);
  });

  it('heard twice, or by two sweeps at once, is one case and one offer', async () => {
    await technician('Tom');
    const alert = await alertsAsks(world, home);
    await Promise.all([world.sweep(), world.sweep()]);
    await alertsAsks(world, home, { alert });
    await world.sweep();
    expect((await theCase(world)).visits).toHaveLength(1);
    expect(mailed(world).sort()).toEqual([
      'Anna: We are arranging a technician’s visit',
      'Tom: A visit for you: The fridge is too warm',
    ]);
  });
});

describe('the technician who is asked', () => {
  const asked = async (cause = COOLING) => {
    await alertsAsks(world, home, { cause });
    await world.sweep();
    return (await theVisit(world)).technician?.name ?? null;
  };

  it('is of the same region, however busy', async () => {
    await technician('Abroad', 'south');
    const near = await technician('Near', 'north');
    expect(await asked()).toBe('Near');
    expect(await technicianLoads(world.sql)).toEqual(new Map([[near.id, 1]]));
    world.at(1);
    expect(await asked()).toBe('Near');
  });

  it('comes from another region when nobody near can do it', async () => {
    await technician('Near', 'north', ['washing']);
    await technician('Abroad', 'south');
    expect(await asked()).toBe('Abroad');
  });

  it('is the least busy one, then the first by name', async () => {
    await technician('Berta');
    await technician('Adam');
    const order: (string | null)[] = [];
    for (const minute of [0, 1, 2]) {
      world.at(minute);
      order.push(await asked());
    }
    expect(order).toEqual(['Adam', 'Berta', 'Adam']);
  });

  it('may be anybody when the fault is not known, or one that the owner could mend', async () => {
    await technician('Washer', 'north', ['washing']);
    expect(await asked(COOLING)).toBeNull();
    world.at(1);
    expect(await asked(UNKNOWN)).toBe('Washer');
    world.at(2);
    expect(await asked(DOOR)).toBe('Washer');
  });
});

describe('a technician who does not answer', () => {
  it('is reminded every ten minutes; then the next is asked; then the dispatchers, until somebody accepts', async () => {
    await dispatcher();
    await technician('Adam');
    const berta = await technician('Berta');
    await alertsAsks(world, home);
    await world.sweep();
    mailed(world);
    expect(await mailedAt(upTo(124))).toEqual({
      10: ['Adam: Please answer: The fridge is too warm'],
      20: ['Adam: Please answer: The fridge is too warm'],
      30: [
        'Adam: The visit went to somebody else: The fridge is too warm',
        'Berta: A visit for you: The fridge is too warm',
      ],
      40: ['Berta: Please answer: The fridge is too warm'],
      50: ['Berta: Please answer: The fridge is too warm'],
      60: [
        'Berta: The visit went to somebody else: The fridge is too warm',
        'Dora: Nobody has accepted a visit: The fridge is too warm',
      ],
      90: ['Dora: Nobody has accepted a visit: The fridge is too warm'],
      120: ['Dora: Nobody has accepted a visit: The fridge is too warm'],
    });
    expect(await theVisit(world)).toMatchObject({ state: 'unassigned', technician: null, escalatedAt: iso(60) });
    expect(await countService(world.sql, world.brand)).toEqual({ openCases: 1, overdueVisits: 1 });
    expect(await timeline(world)).toEqual(
      expect.arrayContaining(['Adam did not answer in time.', 'Berta did not answer in time.']),
    );

    const dora = await dispatcher('Doris');
    await assign(world.service, { ...(await act(dora.id)), technician: berta.id });
    await world.sweep();
    expect(mailed(world)).toEqual(['Berta: A visit for you: The fridge is too warm']);
    await acceptVisit(world.service, await act(berta.id));
    await world.sweep();
    expect(mailed(world)).toEqual(['Anna: Berta will come to you']);
    expect(await mailedAt([134, 144, 154, 184, 500])).toEqual({});
    expect(await countService(world.sql, world.brand)).toEqual({ openCases: 1, overdueVisits: 0 });
  });

  it('and is assigned anew goes back to the dispatchers, not round again', async () => {
    const dora = await dispatcher();
    const adam = await technician('Adam');
    await alertsAsks(world, home);
    await mailedAt([0, 10, 20, 30]);
    await assign(world.service, { ...(await act(dora.id)), technician: adam.id });
    expect(await mailedAt([31, 40, 50, 60])).toEqual({
      31: ['Adam: A visit for you: The fridge is too warm'],
      40: ['Adam: Please answer: The fridge is too warm'],
      50: ['Adam: Please answer: The fridge is too warm'],
      60: [
        'Adam: The visit went to somebody else: The fridge is too warm',
        'Dora: Nobody has accepted a visit: The fridge is too warm',
      ],
    });
  });
});

describe('a technician who answers', () => {
  it('and accepts is reminded no more; accepting twice is once', async () => {
    const tom = await technician('Tom');
    await alertsAsks(world, home);
    await world.sweepAt(10);
    mailed(world);
    await acceptVisit(world.service, await act(tom.id));
    await acceptVisit(world.service, await act(tom.id));
    await world.sweep();
    expect(mailed(world)).toEqual(['Anna: Tom will come to you']);
    expect(await mailedAt(upTo(60).map((minute) => minute + 10))).toEqual({});
    expect(await theVisit(world)).toMatchObject({ state: 'accepted', responseDueAt: null });
  });

  it('and refuses is not asked again; the next is asked at once', async () => {
    const adam = await technician('Adam');
    await technician('Berta');
    await alertsAsks(world, home);
    await world.sweep();
    mailed(world);
    world.at(2);
    await refuseVisit(world.service, await act(adam.id));
    await world.sweep();
    expect(mailed(world)).toEqual(['Berta: A visit for you: The fridge is too warm']);
    expect((await theVisit(world)).responseDueAt).toBe(iso(32));
    expect(await timeline(world)).toContain('Adam cannot come.');
  });

  it('too late, when somebody else has the offer, is told so', async () => {
    const adam = await technician('Adam');
    await technician('Berta');
    await alertsAsks(world, home);
    await mailedAt([0, 30]);
    for (const late of [acceptVisit, refuseVisit]) {
      await expect(late(world.service, await act(adam.id))).rejects.toMatchObject({ code: 'not-yours' });
    }
    expect((await theVisit(world)).technician!.name).toBe('Berta');
  });
});

describe('when there is nobody to ask', () => {
  it('the dispatchers are told at once, and whoever is hired later is asked', async () => {
    await dispatcher();
    await alertsAsks(world, home);
    await world.sweep();
    expect(await theVisit(world)).toMatchObject({ state: 'unassigned', escalatedAt: iso(0) });
    expect(mailed(world)).toContain('Dora: Nobody has accepted a visit: The fridge is too warm');
    await technician('Newcomer');
    expect(await mailedAt([29, 30])).toEqual({ 30: ['Newcomer: A visit for you: The fridge is too warm'] });
  });

  it('and no dispatcher either, the administrators are told', async () => {
    await givenPerson(world, 'administrator', { name: 'Ada' });
    await alertsAsks(world, home);
    await world.sweep();
    expect(mailed(world)).toContain('Ada: Nobody has accepted a visit: The fridge is too warm');
  });
});

describe('a dispatcher', () => {
  it('assigns whom he wants, and who had it before is told', async () => {
    const dora = await dispatcher();
    const adam = await technician('Adam');
    const washer = await technician('Washer', 'south', ['washing']);
    await alertsAsks(world, home);
    await world.sweep();
    await acceptVisit(world.service, await act(adam.id));
    await world.sweep();
    mailed(world);
    await assign(world.service, { ...(await act(dora.id)), technician: washer.id });
    await assign(world.service, { ...(await act(dora.id)), technician: washer.id });
    await world.sweep();
    expect(mailed(world)).toEqual([
      'Adam: The visit went to somebody else: The fridge is too warm',
      'Washer: A visit for you: The fridge is too warm',
    ]);
    expect((await theCase(world)).timeline.at(-1)).toMatchObject({
      by: 'Dora',
      text: { en: 'The visit is assigned to Washer.' },
    });
  });

  it('cannot assign somebody who is no technician', async () => {
    const dora = await dispatcher();
    await alertsAsks(world, home);
    await world.sweep();
    const wrong = assign(world.service, { ...(await act(dora.id)), technician: home.owner.id });
    await expect(wrong).rejects.toMatchObject({ code: 'unknown-technician' });
  });
});
