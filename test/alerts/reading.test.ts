import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { alertById, answerRecord, listAlerts, openAlertGroups, openAlertsOf } from '#alerts';
import { AnswerBody, newId } from '#contracts';
import { COOLING, DOOR, diagnosisSays, givenAppliance, givenHome, openWorld, START, type World } from './world.ts';

let world: World;
beforeAll(async () => {
  world = await openWorld();
});
beforeEach(() => world.reset());
afterAll(() => world[Symbol.asyncDispose]());

const page = { state: 'all', cursor: null, limit: 50 } as const;

describe('lists of alerts', () => {
  it('show a household its own alerts only', async () => {
    const mine = await givenHome(world);
    const other = await givenHome(world);
    const nobodys = await givenAppliance(world);
    for (const appliance of [mine.appliance, other.appliance, nobodys]) {
      await diagnosisSays(world, 'opened', { appliance, causes: [DOOR] });
    }
    await world.sweep();
    const { items } = await listAlerts(world.sql, { households: [mine.household] }, page);
    expect(items).toMatchObject([
      {
        appliance: mine.appliance,
        applianceName: 'Kitchen fridge',
        household: { id: mine.household, region: 'north' },
      },
    ]);
    expect((await listAlerts(world.sql, { households: [] }, page)).items).toEqual([]);
    expect((await listAlerts(world.sql, { alerts: [items[0]!.id] }, page)).items).toEqual(items);
    expect((await listAlerts(world.sql, world.everything, page)).items).toHaveLength(3);
  });

  it('go from page to page, newest first, and miss none of the same moment', async () => {
    const { appliance } = await givenHome(world);
    for (const [episode, since] of [10, 20, 20, 20, 30].entries()) {
      await diagnosisSays(world, 'closed', { appliance, causes: [DOOR], episode, since });
    }
    await world.sweep();
    const seen: string[] = [];
    let cursor: string | null = null;
    do {
      const { items, next }: Awaited<ReturnType<typeof listAlerts>> = await listAlerts(world.sql, world.everything, {
        state: 'closed',
        cursor,
        limit: 2,
      });
      expect(items.length).toBeLessThanOrEqual(2);
      seen.push(...items.map((item) => item.id));
      cursor = next;
    } while (cursor !== null);
    const whole = (await listAlerts(world.sql, world.everything, page)).items;
    expect(seen).toEqual(whole.map((item) => item.id));
    expect(new Set(seen).size).toBe(5);
    expect(whole.map((item) => (Date.parse(item.openedAt) - START) / 60_000)).toEqual([30, 20, 20, 20, 10]);
  });

  it('refuse a cursor that is none', async () => {
    const asked = listAlerts(world.sql, world.everything, { ...page, cursor: "1'; drop table" });
    await expect(asked).rejects.toMatchObject({ code: 'bad-cursor', kind: 'reject' });
  });

  it('count what is open in the fleet, and name what is open on an appliance', async () => {
    const homes = [await givenHome(world), await givenHome(world), await givenHome(world)];
    for (const [index, { appliance }] of homes.entries()) {
      await diagnosisSays(world, 'opened', {
        appliance,
        causes: [DOOR],
        severity: index === 2 ? 'critical' : 'warning',
      });
    }
    await world.sweep();
    expect(await openAlertGroups(world.sql, world.brand)).toMatchObject([
      { problem: 'refrigerator-cooling', severity: 'warning', count: 2, title: { en: 'The fridge is too warm' } },
      { problem: 'refrigerator-cooling', severity: 'critical', count: 1 },
    ]);
    expect(await openAlertsOf(world.sql, [homes[2]!.appliance])).toMatchObject([
      { appliance: homes[2]!.appliance, severity: 'critical', title: { zh: '冰箱温度过高' } },
    ]);
  });
});

describe('an answer', () => {
  const given = async () => {
    const { appliance, owner } = await givenHome(world);
    await diagnosisSays(world, 'opened', { appliance, causes: [COOLING] });
    await world.sweep();
    const [item] = (await listAlerts(world.sql, world.everything, page)).items;
    const alert = (await alertById(world.sql, item!.id))!;
    return { alert, question: 'door-closed', answer: 'it-is-closed', person: owner.id, now: START };
  };

  it('becomes a record of the log that diagnosis hears', async () => {
    const answer = await given();
    const record = answerRecord(answer);
    expect(record).toMatchObject({ kind: 'answer', at: START, appliance: answer.alert.appliance });
    expect(AnswerBody.parse(JSON.parse(Buffer.from(record.body).toString()))).toEqual({
      problem: 'refrigerator-cooling',
      question: 'door-closed',
      answer: 'it-is-closed',
      by: answer.person,
    });
  });

  it('to another question, or that is no answer, is refused with what is asked', async () => {
    const answer = await given();
    const hint = expect.stringContaining('it-was-open or it-is-closed');
    for (const wrong of [{ question: 'colour' }, { answer: 'perhaps' }]) {
      expect(() => answerRecord({ ...answer, ...wrong })).toThrow(
        expect.objectContaining({ code: 'wrong-answer', hint }),
      );
    }
    const over = { ...answer.alert, question: null };
    expect(() => answerRecord({ ...answer, alert: over })).toThrow(expect.objectContaining({ code: 'wrong-answer' }));
  });
});

it('there is no alert under an id that nobody gave', async () => {
  expect(await alertById(world.sql, newId())).toBeNull();
});
