// Stories of an owner: told once, in time, and left in peace otherwise.
import { afterAll, beforeAll, expect, it } from 'vitest';
import { givenTown, HOUR, MINUTE, type Town } from './given.ts';

let town: Town;
beforeAll(async () => {
  town = await givenTown();
});
afterAll(() => town[Symbol.asyncDispose]());

it('a door left open: one alert, one reminder, and it closes by itself when the fridge is cold again', async () => {
  const home = await town.home({ episodes: [{ what: 'door-left-open', fromMs: 10 * MINUTE, untilMs: 50 * MINUTE }] });
  await town.advance(22 * MINUTE);
  const alert = await home.openAlert();
  expect(alert.title.en).toBe('Fridge door is open');
  expect(alert.question?.question).not.toBe('door-closed');
  expect(alert.evidence[0]!.symptom).toBe('door-standing-open');
  expect(town.mailsTo(home.owner)).toHaveLength(1);
  expect(town.mailsTo(home.owner)[0]!.text).toContain(`/alerts/${alert.id}`);

  await town.advance(15 * MINUTE);
  expect(town.mailsTo(home.owner)).toHaveLength(2);
  expect((await home.openAlert()).topCause.cause).toBe('door-left-open');

  await town.advance(4 * HOUR);
  expect(await home.alerts('open')).toEqual([]);
  const [past] = await home.alerts('closed');
  expect(past).toMatchObject({ id: alert.id, state: 'resolved' });
  expect(await town.cases(home.owner)).toEqual([]);
});

it('ordinary life pages nobody: a party, hot groceries, a router outage', async () => {
  const homes = [
    await town.home({ episodes: [{ what: 'party', fromMs: HOUR }], seed: 11 }),
    await town.home({ episodes: [{ what: 'hot-groceries', fromMs: HOUR }], seed: 12 }),
    await town.home({ episodes: [{ what: 'router-outage', fromMs: HOUR, untilMs: 4 * HOUR }], seed: 13 }),
  ];
  await town.advance(7 * HOUR, { settleEveryMs: 30 * MINUTE });
  for (const home of homes) {
    expect(await home.alerts('all')).toEqual([]);
    expect(town.mailsTo(home.owner)).toEqual([]);
  }
});

it('an episode that was over before its buffered readings arrived pages nobody and stands in the history', async () => {
  const home = await town.home({
    episodes: [
      { what: 'router-outage', fromMs: 10 * MINUTE, untilMs: 7 * HOUR },
      { what: 'door-left-open', fromMs: 30 * MINUTE, untilMs: 80 * MINUTE },
    ],
  });
  await town.advance(8 * HOUR, { settleEveryMs: 30 * MINUTE });
  expect(await home.alerts('open')).toEqual([]);
  expect((await home.alerts('closed')).map((alert) => alert.topCause.cause)).toEqual(['door-left-open']);
  expect(town.mailsTo(home.owner)).toEqual([]);
});

it('an appliance that goes silent is said after a day, never becomes a visit, and closes with its first message', async () => {
  const home = await town.home({ episodes: [{ what: 'appliance-silent', fromMs: 30 * MINUTE, untilMs: 27 * HOUR }] });
  await town.advance(23 * HOUR, { settleEveryMs: 2 * HOUR });
  expect(await home.alerts('all')).toEqual([]);
  await town.advance(3 * HOUR, { settleEveryMs: HOUR });
  expect((await home.openAlert()).problem).toBe('appliance-silent');
  expect(town.mailsTo(home.owner)).toHaveLength(1);
  await town.advance(2 * HOUR);
  expect(await home.alerts('open')).toEqual([]);
  expect(await town.cases(home.owner)).toEqual([]);
});
