// What is usual for an appliance is learned from days on which it was well, and a drift is only as large as is certain.
import { describe, expect, it } from 'vitest';
import { levelsOf } from '../../diagnosis-rules/usual.ts';
import { MIDNIGHT, Told, type Values } from './moments.ts';

const DAY_MINUTES = 24 * 60;
const EVERY_MINUTES = 2;
const CYCLE_MINUTES = 120;
const AIR = 5;

type Machine = { share?: number; power?: number; gap?: number; ambient?: number };

/** Runs for its share of every two hours. */
const machine =
  ({ share = 0.4, power = 90, gap = 25, ambient = 23 }: Machine) =>
  (minute: number): Values => {
    const runs = minute % CYCLE_MINUTES < share * CYCLE_MINUTES;
    return {
      cabinet_temperature: AIR,
      evaporator_temperature: runs ? AIR - gap : AIR - 6,
      ambient_temperature: ambient,
      compressor_on: runs,
      power: runs ? power : 2,
    };
  };

class Fridge extends Told {
  days(count: number, of: Machine | ((day: number) => Machine)): this {
    for (let day = 0; day < count; day++) {
      this.for(DAY_MINUTES, machine(typeof of === 'function' ? of(day) : of), EVERY_MINUTES);
    }
    return this;
  }

  /** The first word of the next day: the last one is over. */
  get change(): number {
    return this.says({ power: 2 }).get('power_change');
  }
}

const fridge = (around = {}) => new Fridge(MIDNIGHT, around);
const end = (told: Fridge): Fridge => told.says({ power: 2 });

describe('what is usual', () => {
  it('is not known before some days are over', () => {
    expect(end(fridge().days(3, {})).get('work_change')).toBeNaN();
    expect(end(fridge().days(9, {})).get('work_change')).toBeCloseTo(0, 4);
  });

  it.each<[string, Machine, number]>([
    ['power', { power: 81 }, -10],
    ['gap', { gap: 20 }, -20],
    ['work', { share: 0.5 }, 25],
  ])('a step in %s shows as what it is within days, and certainly as no more', (name, sick, percent) => {
    const told = end(fridge().days(25, {}).days(3, sick));
    const change = told.get(`${name}_change`);
    const drift = told.get(`${name}_drift`);
    expect(change).toBeCloseTo(percent, 0);
    expect(Math.sign(drift)).toBe(Math.sign(percent));
    expect(Math.abs(drift)).toBeLessThan(Math.abs(change));
  });

  it('moves a little by itself: that is no drift', () => {
    const told = end(
      fridge()
        .days(25, (day) => ({ power: 90 + (day % 3) - 1, share: 0.4 }))
        .days(3, { power: 91 }),
    );
    expect(told.get('power_change')).not.toBe(0);
    expect(told.get('power_drift')).toBeCloseTo(0, 9);
  });

  it('goes with the room: a hot week is no fault, the same work in a cool room is', () => {
    /** Work in proportion to how much warmer the room is. */
    const shareAt = (ambient: number): number => 0.4 * ((ambient - AIR + 2) / (23 - AIR + 2));
    const seasons = (day: number): Machine => {
      const ambient = 19 + (day % 9);
      return { ambient, share: shareAt(ambient) };
    };
    const hot = end(
      fridge()
        .days(27, seasons)
        .days(3, { ambient: 30, share: shareAt(30) }),
    );
    expect(hot.get('work_drift')).toBeCloseTo(0, 9);
    const sick = end(
      fridge()
        .days(27, seasons)
        .days(3, { ambient: 21, share: shareAt(30) }),
    );
    expect(sick.get('work_drift')).toBeGreaterThan(5);
  });

  it('is not told by days of an unknown room, where the room is known on others', () => {
    const inRoom = (ambient: number): Machine => ({ ambient, share: (0.25 * (ambient - AIR)) / 12 });
    const unheard = { ...inRoom(16), ambient: Number.NaN };
    const winter = fridge().days(36, (day) => (day % 3 === 1 ? unheard : inRoom(16 + (day % 2) * 2)));
    // In proportion, it worked half as much again; the line over the room is straight, so not quite.
    expect(Math.abs(end(winter.days(3, inRoom(24))).get('work_change'))).toBeLessThan(12);
  });

  it('is told by a quarter of a known room, if there is one, and not by one that seems the least loaded', () => {
    const quiet = { share: 0.3, ambient: Number.NaN };
    const told = fridge();
    const day = (first: Machine): void => {
      told.for(DAY_MINUTES / 4, machine(first), EVERY_MINUTES).for((3 * DAY_MINUTES) / 4, machine({}), EVERY_MINUTES);
    };
    for (let i = 0; i < 25; i++) day({});
    for (let i = 0; i < 3; i++) day(quiet);
    // Of the three cycles of the next quarter, one began in the quiet one: by a twelfth it worked less, not by a quarter.
    expect(end(told).get('work_change')).toBeCloseTo(-100 / 12, 0);
  });

  it('in one season says little of another: far from what it was learned in, much more must have changed', () => {
    const cool = (day: number): Machine => ({ ambient: 18 + (day % 3), share: 0.2 });
    const inRoom = (ambient: number, share: number): Fridge => end(fridge().days(27, cool).days(3, { ambient, share }));
    const [near, far] = [inRoom(20, 0.3), inRoom(34, 0.5)];
    expect(far.get('work_change')).toBeGreaterThan(20);
    expect(far.get('work_drift')).toBe(0);
    expect(near.get('work_drift')).toBeGreaterThan(20);
  });

  it('is away only when each of the last days shows it', () => {
    const busy = end(fridge().days(25, {}).days(1, { share: 0.6 }).days(1, {}).days(1, { share: 0.6 }));
    expect(busy.get('work_change')).toBeGreaterThan(25);
    expect(busy.get('work_drift')).toBe(0);
    expect(end(fridge().days(25, {}).days(3, { share: 0.6 })).get('work_drift')).toBeGreaterThan(20);
  });

  it('is told by the quiet quarter of the day: a kitchen that is busy in the afternoon is not a sick fridge', () => {
    const told = fridge().days(25, {});
    for (let day = 0; day < 4; day++) {
      told.for(12 * 60, machine({}), EVERY_MINUTES);
      told.for(6 * 60, machine({ share: 0.9 }), EVERY_MINUTES);
      told.for(6 * 60, machine({}), EVERY_MINUTES);
    }
    expect(end(told).get('work_change')).toBeCloseTo(0, 4);
  });

  it('is learned from days on which it was well, and from no others', () => {
    const told = fridge().days(25, {});
    told.around.well = false;
    expect(told.days(60, { power: 80 }).change).toBeCloseTo((80 / 90 - 1) * 100, 0);
    const gotUsedToIt = fridge().days(25, {}).days(60, { power: 80 });
    expect(gotUsedToIt.change).toBeGreaterThan((80 / 90 - 1) * 100 + 3);
  });

  it('is not learned within three weeks, so that a slow drift is not learned away', () => {
    const told = end(
      fridge()
        .days(30, {})
        .days(60, (day) => ({ power: 90 * (1 - 0.0025 * day) })),
    );
    // Of the 15 % that it came to, most is seen.
    expect(told.get('power_change')).toBeLessThan(-9);
    expect(told.get('power_drift')).toBeLessThan(-5);
  });

  describe('of the two thermometers at rest', () => {
    /** At rest the evaporator is as much colder than the air as is said. */
    const atRest = (rest: number) => (minute: number) => {
      const values = machine({})(minute);
      return values.compressor_on ? values : { ...values, evaporator_temperature: AIR - rest };
    };
    const days = (told: Fridge, rests: readonly number[]): Fridge => {
      for (const rest of rests) told.for(DAY_MINUTES, atRest(rest), EVERY_MINUTES);
      return end(told);
    };
    const steady = Array.from({ length: 25 }, () => 2);

    it('is a shift that is the same each day; one that comes and goes is ice', () => {
      expect(days(fridge(), [...steady, 6, 6, 6]).get('rest_gap_drift')).toBeGreaterThan(2);
      const comesAndGoes = days(fridge(), [...steady, 8, 0, 8]);
      expect(comesAndGoes.get('rest_gap_change')).toBeGreaterThan(3);
      expect(comesAndGoes.get('rest_gap_drift')).toBe(0);
    });

    it('is not certain where they went apart for weeks before, and came back', () => {
      const inSpells = Array.from({ length: 60 }, (_, day) => (day % 20 < 10 ? 2 : 12));
      const certain = (usually: readonly number[]): number =>
        days(fridge(), [...usually, 0, 0, 0]).get('rest_gap_drift');
      expect(certain(Array.from({ length: 60 }, () => 7))).toBeLessThan(-3);
      expect(certain(inSpells)).toBeCloseTo(0, 9);
    });
  });

  it('is told by whole days, and by runs of one kind, where one compressor cools two compartments in turns', () => {
    /** Every third run is for the freezer alone: the first of three, or the second. */
    const inTurns =
      (gap: number) =>
      (minute: number): Values => {
        const values = machine({ share: 0.4, gap })(minute);
        const cycle = Math.floor(minute / CYCLE_MINUTES);
        const forFreezer = cycle % 3 === (Math.floor(minute / DAY_MINUTES) % 2 === 0 ? 0 : 1);
        return values.compressor_on && forFreezer ? { ...values, evaporator_temperature: AIR - 4 } : values;
      };
    const told = fridge();
    told.for(25 * DAY_MINUTES, inTurns(25), EVERY_MINUTES);
    expect(end(told).get('work_drift')).toBeCloseTo(0, 9);
    expect(told.get('gap_drift')).toBeCloseTo(0, 9);
    expect(told.get('evaporator_gap_beyond')).toBeCloseTo(0, 4);
    told.for(3 * DAY_MINUTES, inTurns(20), EVERY_MINUTES);
    expect(end(told).get('gap_change')).toBeCloseTo(-20, 0);
  });

  it('begins after some defrosts: an evaporator without ice is not what is usual', () => {
    /** A defrost every second day; ice makes the gap grow until there is as much of it as there will be. */
    const icing =
      (day: number) =>
      (minute: number): Values => ({
        ...machine({ gap: 15 + 5 * Math.min(day, 4) })(minute),
        defrost_on: day % 2 === 1 && minute < 20,
      });
    const told = fridge();
    for (let day = 0; day < 15; day++) told.for(DAY_MINUTES, icing(day), EVERY_MINUTES);
    expect(end(told).get('gap_change')).toBeCloseTo(0, 1);
    expect(told.get('work_change')).toBeCloseTo(0, 1);
  });

  it('outlives days in which nothing was heard', () => {
    const told = fridge()
      .days(25, {})
      .silentFor(10 * DAY_MINUTES);
    expect(told.days(4, { power: 81 }).change).toBeCloseTo(-10, 0);
  });
});

describe('a young appliance', () => {
  const cohort = { power: { median: 90, spread: 4 } };

  it('is measured by its model, and only where the model says something', () => {
    const told = end(fridge({ cohort }).days(3, { power: 63 }));
    expect(told.get('power_change')).toBeCloseTo(-30, 0);
    expect(told.get('power_drift')).toBeLessThan(0);
    expect(told.get('gap_change')).toBeNaN();
    expect(fridge().days(3, { power: 63 }).change).toBeNaN();
  });

  it('is as different from its model as appliances are without a fault', () => {
    const told = end(fridge({ cohort }).days(3, { power: 86 }));
    expect(told.get('power_drift')).toBeCloseTo(0, 9);
  });

  it('is measured by itself as soon as it knows what is usual', () => {
    const told = end(fridge({ cohort }).days(14, { power: 75 }));
    expect(told.get('power_change')).toBeCloseTo(0, 4);
  });

  it('says of its model nothing before enough days', () => {
    expect(levelsOf(end(fridge().days(6, {})).m)).toBeNull();
    expect(levelsOf(end(fridge().days(20, {})).m)).toMatchObject({
      power: expect.closeTo(90, 3),
      gap: expect.closeTo(25, 3),
    });
  });
});
