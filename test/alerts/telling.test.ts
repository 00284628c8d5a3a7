import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { alertById, listAlerts, sweepAlerts } from '#alerts';
import type { RankedCause } from '#contracts';
import { setPreferences } from '#registry';
import {
  COOLING,
  DOOR,
  diagnosisSays,
  givenAppliance,
  givenHome,
  givenPerson,
  openWorld,
  UNKNOWN,
  type World,
} from './world.ts';

let world: World;
beforeAll(async () => {
  world = await openWorld();
});
beforeEach(() => world.reset());
afterAll(() => world[Symbol.asyncDispose]());

const all = { state: 'all', cursor: null, limit: 50 } as const;
const alerts = async () => (await listAlerts(world.sql, world.everything, all)).items;
const theAlert = async () => (await alertById(world.sql, (await alerts())[0]!.id))!;
const outbox = (topic: string) =>
  world.sql.query<{ body: Record<string, unknown> }>('select body from app.outbox where topic = $1', [topic]);

describe('when a problem is found', () => {
  it('the owner hears what happened, what to do now and what we will do if nothing happens', async () => {
    const { appliance } = await givenHome(world);
    await diagnosisSays(world, 'opened', { appliance, causes: [DOOR] });
    await world.sweep();
    const [mail, ...more] = world.newMails();
    expect(more).toEqual([]);
    expect(mail!.to).toContain('Anna');
    expect(mail!.subject).toBe('Kitchen fridge: The fridge is too warm');
    expect(mail!.text).toContain('It has been at 9 °C since 3 Mar, 09:00.');
    expect(mail!.text).toContain('- Close the door.');
    expect(mail!.text).toContain('If it is not fine by 3 Mar, 11:00, we will prepare a technician’s visit.');
    expect(mail!.text).toContain('Is the door closed?');
    expect(mail!.text).toContain(`https://stethos.example.org/alerts/${(await theAlert()).id}`);
  });

  it('a cause that is likely is explained, one that is a guess is called one', async () => {
    const mailAbout = async (causes: RankedCause[]): Promise<string> => {
      const { appliance } = await givenHome(world);
      await diagnosisSays(world, 'opened', { appliance, causes });
      await world.sweep();
      return world.newMails()[0]!.text;
    };
    expect(await mailAbout([DOOR])).toContain('The door has been open for a while.');
    const guessed = await mailAbout([{ ...DOOR, probability: 0.13 }]);
    expect(guessed).toContain('It is not certain why. The likeliest, with 13 %: door left open.');
    expect(guessed).not.toContain('The door has been open for a while.');
    expect(await mailAbout([UNKNOWN])).toContain('We do not know why yet.');
  });

  it('each member of the household hears it in their language, units and time zone', async () => {
    const { appliance, household, owner } = await givenHome(world);
    await givenPerson(world, 'owner', { name: 'Li', household, language: 'zh', timeZone: 'Asia/Shanghai' });
    await setPreferences(world.sql, owner.id, { temperatureUnit: 'F' });
    await diagnosisSays(world, 'opened', { appliance, causes: [DOOR] });
    await world.sweep();
    const mails = world.newMails();
    expect(mails).toHaveLength(2);
    expect(mails.find((mail) => mail.to.includes('Anna'))!.text).toContain('at 48 °F since 3 Mar, 09:00');
    const li = mails.find((mail) => mail.to.includes('Li'))!;
    expect(li.subject).toBe('Kitchen fridge: 冰箱温度过高');
    expect(li.text).toContain('自 3月3日 16:00 起温度为 9 °C');
    expect(li.text).toContain('请关上门');
  });

  it('the dispatchers are told of an appliance that stands in no household', async () => {
    await givenPerson(world, 'dispatcher', { name: 'Dora' });
    const appliance = await givenAppliance(world);
    await diagnosisSays(world, 'opened', { appliance, causes: [DOOR] });
    await world.sweep();
    expect(world.newMails().map((mail) => mail.to)).toEqual([expect.stringContaining('Dora')]);
  });

  it('a second episode of the same problem joins the alert that is open', async () => {
    const { appliance } = await givenHome(world);
    await diagnosisSays(world, 'opened', { appliance, causes: [DOOR], episode: 1 });
    await diagnosisSays(world, 'opened', { appliance, causes: [DOOR], episode: 2 });
    await world.sweep();
    expect(await alerts()).toHaveLength(1);
    await diagnosisSays(world, 'closed', { appliance, causes: [DOOR], episode: 2 });
    await world.sweep();
    expect((await theAlert()).state).toBe('resolved');
  });

  it('two sweeps at once leave one alert and one message', async () => {
    const { appliance } = await givenHome(world);
    await diagnosisSays(world, 'opened', { appliance, causes: [DOOR] });
    await Promise.all([world.sweep(), world.sweep()]);
    expect(await alerts()).toHaveLength(1);
    expect(world.newMails()).toHaveLength(1);
  });
});

describe('when a problem changes', () => {
  it('a higher severity is told, a lower one is not', async () => {
    const { appliance } = await givenHome(world);
    await diagnosisSays(world, 'opened', { appliance, causes: [COOLING], severity: 'notice' });
    await world.sweep();
    world.newMails();
    world.at(15);
    await diagnosisSays(world, 'changed', { appliance, causes: [COOLING], severity: 'warning' });
    await world.sweep();
    expect(world.newMails().map((mail) => mail.subject)).toEqual(['Kitchen fridge: Update: The fridge is too warm']);
    world.at(30);
    await diagnosisSays(world, 'changed', { appliance, causes: [COOLING], severity: 'notice' });
    await world.sweep();
    expect(world.newMails()).toEqual([]);
    expect((await theAlert()).severity).toBe('notice');
  });

  it('another probability is not told', async () => {
    const { appliance } = await givenHome(world);
    await diagnosisSays(world, 'opened', { appliance, causes: [DOOR] });
    await world.sweep();
    world.newMails();
    world.at(9);
    await diagnosisSays(world, 'changed', { appliance, causes: [{ ...DOOR, probability: 0.7 }] });
    await world.sweep();
    expect(world.newMails()).toEqual([]);
    expect((await theAlert()).topCause.probability).toBe(0.7);
  });

  it('something else to do is told, ten minutes after the message before', async () => {
    const { appliance } = await givenHome(world);
    await diagnosisSays(world, 'opened', { appliance, causes: [DOOR] });
    await world.sweep();
    world.newMails();
    world.at(3);
    await diagnosisSays(world, 'changed', { appliance, causes: [COOLING] });
    await world.sweep();
    expect(world.newMails()).toEqual([]);
    await world.sweepAt(10);
    const [mail] = world.newMails();
    expect(mail!.text).toContain('Move delicate food elsewhere.');
  });

  it('news that comes while a message waits is told in that message', async () => {
    const { appliance } = await givenHome(world);
    await diagnosisSays(world, 'opened', { appliance, causes: [DOOR] });
    await world.sweep();
    world.newMails();
    world.at(2);
    await diagnosisSays(world, 'changed', { appliance, causes: [COOLING] });
    await world.sweep();
    world.at(4);
    await diagnosisSays(world, 'changed', { appliance, causes: [DOOR] });
    await world.sweep();
    await world.sweepAt(10);
    const mails = world.newMails();
    expect(mails).toHaveLength(1);
    expect(mails[0]!.text).toContain('Close the door.');
  });

  it('becoming critical is told at once', async () => {
    const { appliance } = await givenHome(world);
    await diagnosisSays(world, 'opened', { appliance, causes: [DOOR] });
    await world.sweep();
    world.newMails();
    world.at(1);
    await diagnosisSays(world, 'changed', { appliance, causes: [DOOR], severity: 'critical' });
    await world.sweep();
    expect(world.newMails()).toHaveLength(1);
  });
});

describe('when a problem is over', () => {
  it('those who were told hear that it is fine again, once', async () => {
    const { appliance } = await givenHome(world);
    await diagnosisSays(world, 'opened', { appliance, causes: [DOOR] });
    await world.sweep();
    world.newMails();
    world.at(5);
    await diagnosisSays(world, 'closed', { appliance, causes: [DOOR] });
    await world.sweep();
    await world.sweepAt(200);
    expect(world.newMails().map((mail) => mail.subject)).toEqual([
      'Kitchen fridge: Fine again: The fridge is too warm',
    ]);
    const { state, next, id } = await theAlert();
    expect({ state, next }).toEqual({ state: 'resolved', next: null });
    expect((await outbox('alert-over')).map((row) => row.body)).toEqual([
      { alert: id, how: 'resolved', at: world.now() - 195 * 60_000 },
    ]);
  });

  it('a message that was not sent yet is dropped, and nobody hears of its end', async () => {
    const { appliance } = await givenHome(world);
    await diagnosisSays(world, 'opened', { appliance, causes: [DOOR] });
    await sweepAlerts(world.alerts, world.now());
    await diagnosisSays(world, 'closed', { appliance, causes: [DOOR] });
    await world.sweep();
    expect(world.newMails()).toEqual([]);
    expect((await theAlert()).notifications).toMatchObject([{ state: 'not-sent', reason: 'over before it was sent' }]);
  });

  it('a false alarm is called one, also when it was over already', async () => {
    const { appliance } = await givenHome(world);
    await diagnosisSays(world, 'opened', { appliance, causes: [DOOR], episode: 1 });
    await world.sweep();
    world.newMails();
    world.at(5);
    await diagnosisSays(world, 'withdrawn', { appliance, causes: [DOOR], episode: 1 });
    await world.sweep();
    expect(world.newMails()[0]!.text).toContain('We were wrong');
    expect((await theAlert()).state).toBe('withdrawn');

    world.at(60);
    await diagnosisSays(world, 'opened', { appliance, causes: [DOOR], episode: 2, since: 60 });
    await diagnosisSays(world, 'closed', { appliance, causes: [DOOR], episode: 2, since: 60 });
    await diagnosisSays(world, 'withdrawn', { appliance, causes: [DOOR], episode: 2, since: 60 });
    await world.sweep();
    expect(world.newMails()).toEqual([]);
    expect((await alerts()).map((alert) => alert.state)).toEqual(['withdrawn', 'withdrawn']);
  });
});

describe('late data', () => {
  it('an episode that was over before it was heard pages nobody and stands in the history', async () => {
    const { appliance } = await givenHome(world);
    world.at(300);
    await diagnosisSays(world, 'closed', { appliance, causes: [DOOR], since: 10 }, { at: 90 });
    await world.sweep();
    expect(world.newMails()).toEqual([]);
    expect((await theAlert()).notifications).toEqual([]);
    const open = { state: 'open', cursor: null, limit: 50 } as const;
    expect((await listAlerts(world.sql, world.everything, open)).items).toEqual([]);
    expect(await alerts()).toMatchObject([
      { state: 'resolved', openedAt: '2026-03-03T08:10:00.000Z', closedAt: '2026-03-03T09:30:00.000Z' },
    ]);
  });

  it('an episode whose end follows in the same breath pages nobody either', async () => {
    const { appliance } = await givenHome(world);
    world.at(300);
    await diagnosisSays(world, 'opened', { appliance, causes: [COOLING], since: 10 }, { at: 10 });
    await world.sweep();
    await diagnosisSays(world, 'closed', { appliance, causes: [COOLING], since: 10 }, { at: 90 });
    await world.sweep();
    await world.sweepAt(400);
    expect(world.newMails()).toEqual([]);
    expect(await outbox('service-request')).toEqual([]);
  });

  it('an old episode that still goes on is told half a minute later', async () => {
    const { appliance } = await givenHome(world);
    world.at(300);
    await diagnosisSays(world, 'opened', { appliance, causes: [DOOR], since: 10 }, { at: 10 });
    await world.sweep();
    expect(await alerts()).toMatchObject([{ state: 'open' }]);
    expect(world.newMails()).toEqual([]);
    await world.sweepAt(300.5);
    expect(world.newMails()).toHaveLength(1);
  });
});

describe('flapping', () => {
  const episode = async (
    appliance: string,
    number: number,
    minute: number,
    severity: 'warning' | 'critical' = 'warning',
  ) => {
    world.at(minute);
    const told = { appliance, causes: [DOOR], episode: number, since: minute, severity };
    await diagnosisSays(world, 'opened', told);
    await world.sweep();
    return async (end: number) => {
      world.at(end);
      await diagnosisSays(world, 'closed', told);
      await world.sweep();
    };
  };

  it('the message of a new episode waits until half an hour after the last, and is dropped when it is over by then', async () => {
    const { appliance } = await givenHome(world);
    await (await episode(appliance, 1, 0))(5);
    world.newMails();
    await (await episode(appliance, 2, 10))(12);
    expect(world.newMails()).toEqual([]);
    await episode(appliance, 3, 20);
    await world.sweepAt(29);
    expect(world.newMails()).toEqual([]);
    await world.sweepAt(30);
    expect(world.newMails()).toHaveLength(1);
    expect(await alerts()).toHaveLength(3);
  });

  it('a critical episode does not wait', async () => {
    const { appliance } = await givenHome(world);
    await (await episode(appliance, 1, 0))(5);
    world.newMails();
    await episode(appliance, 2, 10, 'critical');
    expect(world.newMails()).toHaveLength(1);
  });
});
