// Households, scenarios and fleets: deterministic, composed, with their truth.
import { describe, expect, it } from 'vitest';
import { DEFAULT_HABITS, demoHousehold, drawFleet, EPISODE_NAMES, simulateRefrigerator, truthOf } from '#device-sim';
import { loadModels } from '#registry';
import { openScenario } from '../../device-sim/scenario.ts';
import { DAY, HOUR, MINUTE, readings, SAME_ROOM, START, summary } from './days.ts';

const doorEvents = (options: Parameters<typeof simulateRefrigerator>[0]) =>
  [...simulateRefrigerator(options)].filter(({ values }) => Object.keys(values).length === 1);

describe('a simulation', () => {
  it('is the same for the same seed, whatever is asked of it later', () => {
    const short = [...simulateRefrigerator({ seed: 9, from: START, until: START + DAY })];
    const long = [...simulateRefrigerator({ seed: 9, from: START, until: START + 2 * DAY })];
    expect(long.slice(0, short.length)).toEqual(short);
    const other = [...simulateRefrigerator({ seed: 10, from: START, until: START + DAY })];
    expect(other).not.toEqual(short);
  });

  it('has the same life before a fault begins as without the fault', () => {
    const calm = [...simulateRefrigerator({ seed: 9, from: START, until: START + DAY })];
    const episodes = [{ what: 'compressor-start', fromMs: 12 * HOUR } as const];
    const faulty = [...simulateRefrigerator({ seed: 9, from: START, until: START + DAY, episodes })];
    const before = calm.filter(({ at }) => at < START + 12 * HOUR);
    expect(faulty.slice(0, before.length)).toEqual(before);
  });

  it('reports every minute, and the door at the moment it moves', () => {
    const all = [...simulateRefrigerator({ seed: 2, from: START, until: START + DAY })];
    const whole = all.filter(({ values }) => values.power !== undefined);
    expect(whole.length).toBe(1440);
    expect(whole.every(({ at }, i) => at === START + i * MINUTE)).toBe(true);
    expect(all.every(({ at }, i) => i === 0 || at > all[i - 1]!.at)).toBe(true);
    const states = all.filter(({ values }) => values.door_open !== undefined).map(({ values }) => values.door_open);
    expect(states).toContain(true);
  });

  it('reports only the signals it has', () => {
    const signals = ['cabinet_temperature', 'set_point'];
    const all = [...simulateRefrigerator({ seed: 2, from: START, until: START + DAY, signals })];
    expect(new Set(all.flatMap(({ values }) => Object.keys(values)))).toEqual(new Set(signals));
  });
});

describe('a household', () => {
  it('opens the door 10 to 40 times a day for 10 to 20 seconds mostly, and hardly at night', () => {
    const events = doorEvents({ seed: 4, from: START, until: START + 10 * DAY, habits: SAME_ROOM });
    const opened = events.filter(({ values }) => values.door_open === true);
    expect(opened.length / 10).toBeGreaterThan(10);
    expect(opened.length / 10).toBeLessThan(40);
    const localHour = (at: number) => ((at / HOUR + DEFAULT_HABITS.utcOffsetHours) % 24) | 0;
    const night = opened.filter(({ at }) => localHour(at) >= 1 && localHour(at) < 5);
    expect(night.length / opened.length).toBeLessThan(0.1);
  });

  it('at a party opens the door far more often, and the temperature stays out of danger', () => {
    const episodes = [{ what: 'party', fromMs: 10 * HOUR } as const];
    const options = { seed: 4, from: START, until: START + DAY, habits: SAME_ROOM };
    const usual = doorEvents(options).length;
    expect(doorEvents({ ...options, episodes }).length).toBeGreaterThan(usual + 60);
    const { duty, cabinet } = summary(readings({ seed: 4, until: START + DAY, episodes }));
    expect(duty).toBeGreaterThan(summary(readings({ seed: 4, until: START + DAY })).duty);
    expect(cabinet).toBeLessThan(7);
  });

  it('on holiday leaves the door alone', () => {
    const episodes = [{ what: 'holiday', fromMs: 0, untilMs: 5 * DAY } as const];
    expect(doorEvents({ seed: 4, from: START, until: START + 5 * DAY, episodes })).toEqual([]);
  });

  it('with hot groceries works longer and cools them', () => {
    const episodes = [{ what: 'hot-groceries', fromMs: 10 * HOUR } as const];
    const afterwards = (rows: ReturnType<typeof readings>) =>
      summary(rows.filter(({ at }) => at > START + 10 * HOUR && at < START + 16 * HOUR));
    const loaded = afterwards(readings({ until: START + DAY, episodes }));
    expect(loaded.duty).toBeGreaterThan(afterwards(readings({ until: START + DAY })).duty * 1.2);
    expect(loaded.cabinet).toBeLessThan(8);
  });

  it('in a heat wave has a hotter room and a cabinet that holds', () => {
    const episodes = [{ what: 'heat-wave', fromMs: 0, untilMs: 4 * DAY } as const];
    const rows = readings({ until: START + 4 * DAY, episodes });
    expect(Math.max(...rows.map(({ values }) => Number(values.ambient_temperature)))).toBeGreaterThan(30);
    expect(summary(rows).cabinet).toBeLessThan(6);
  });
});

describe('truth', () => {
  it('names fault, onset and end, and leaves the end open for what goes on until repaired', () => {
    const episodes = [
      { what: 'door-left-open', fromMs: HOUR, untilMs: 2 * HOUR } as const,
      { what: 'refrigerant-leak', fromMs: DAY } as const,
      { what: 'party', fromMs: 0 } as const,
    ];
    const truth = truthOf({ seed: 1, from: START, episodes }, 'a');
    expect(truth[0]).toEqual({
      appliance: 'a',
      fault: 'door-left-open',
      kind: 'fault',
      code: 'F1',
      onset: START + HOUR,
      end: START + 2 * HOUR,
      growMs: 0,
      strength: 1,
    });
    expect(truth[1]).toMatchObject({ fault: 'refrigerant-leak', onset: START + DAY, end: null });
    expect(truth[2]).toMatchObject({ fault: 'party', kind: 'habit' });
  });

  it('every episode can begin, change and end at any moment', () => {
    for (const what of EPISODE_NAMES) {
      const episodes = [{ what, fromMs: HOUR, untilMs: 5 * HOUR }];
      const rows = readings({ until: START + 8 * HOUR, episodes });
      expect(rows.length, what).toBeGreaterThan(0);
      expect(
        rows.every(({ cabinet, power }) => Number.isFinite(cabinet) && Number.isFinite(power)),
        what,
      ).toBe(true);
    }
  });

  it('the worst of several links counts', () => {
    const scenario = openScenario({
      episodes: [
        { what: 'router-outage', fromMs: 0, untilMs: 4 * HOUR },
        { what: 'power-cut', fromMs: HOUR, untilMs: 2 * HOUR },
      ],
      zero: START,
      seed: 1,
    });
    const links = [-1, 0, 1.5, 3, 5].map((hour) => scenario.linkAt(START + hour * HOUR));
    expect(links).toEqual(['up', 'offline', 'dark', 'offline', 'up']);
  });
});

describe('a fleet', () => {
  it('gives member n the same life in a larger fleet', () => {
    const small = drawFleet({ count: 5, seed: 3, days: 30 });
    expect(drawFleet({ count: 50, seed: 3, days: 30 }).slice(0, 5)).toEqual(small);
  });

  it('gives the share of members that was asked for a fault, and a tenth of those two', () => {
    const fleet = drawFleet({ count: 2000, seed: 1, days: 30, faultShare: 0.5, lookAlikesPerMonth: 0 });
    const faulty = fleet.filter(({ episodes }) => episodes.length > 0);
    expect(faulty.length / fleet.length).toBeGreaterThan(0.45);
    expect(faulty.length / fleet.length).toBeLessThan(0.55);
    const two = faulty.filter(({ episodes }) => episodes.length === 2).length / faulty.length;
    expect(two).toBeGreaterThan(0.06);
    expect(two).toBeLessThan(0.14);
  });
});

describe("the demo's household", () => {
  const lifeOf = (key: string) => {
    const appliance = demoHousehold().find((one) => one.key === key)!;
    const from = START - appliance.pastHours * HOUR;
    return [...simulateRefrigerator({ ...appliance, from, zero: START, until: START + 2 * HOUR })];
  };
  const at = (key: string, minute: number) =>
    lifeOf(key).find((sample) => sample.at === START + minute * MINUTE)!.values;

  it('has a healthy kitchen fridge', () => {
    const rows = lifeOf('kitchen').filter(({ values }) => values.cabinet_temperature !== undefined);
    expect(rows.every(({ values }) => Number(values.cabinet_temperature) < 12)).toBe(true);
  });

  it('has a garage fridge without door sensor that is far too warm when the demo starts', () => {
    const now = at('garage', 0);
    expect(Number(now.cabinet_temperature)).toBeGreaterThan(10);
    expect(now).not.toHaveProperty('door_open');
  });

  it('has a pantry fridge whose door is open at the start and closed six minutes later', () => {
    expect(at('pantry', -21).door_open).toBe(false);
    expect(at('pantry', 0).door_open).toBe(true);
    expect(at('pantry', 7).door_open).toBe(false);
  });

  it('is made of models that the platform knows, and sends only what they have', () => {
    const models = loadModels();
    for (const { key, model } of demoHousehold()) {
      const known = Object.keys(models.get(model)?.signals ?? {});
      const sent = new Set(lifeOf(key).flatMap(({ values }) => Object.keys(values)));
      for (const signal of sent) expect(known, `${model}: ${signal}`).toContain(signal);
    }
  });
});
