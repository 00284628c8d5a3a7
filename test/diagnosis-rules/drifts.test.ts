// What grows over days: when it is told, and what only looks like it.
import { describe, expect, it } from 'vitest';
import { judgeLife, loadCatalogue } from '#diagnosis-rules';
import { DAY, MINUTE } from '#runtime';
import { FRIDGE } from './life.ts';
import { MIDNIGHT, moment, type Values } from './moments.ts';

const DAY_MINUTES = 24 * 60;
const EVERY_MINUTES = 5;
const DEFROST_EVERY_MINUTES = 720;
const AIR = 4;
const FREEZER = -18;
const LEARNED_DAYS = 25;
const ROOM: Values = { ambient_temperature: 22 };

type Machine = { share: number; gap: number; peak: number; setPoint?: number; freezer?: number };
const HEALTHY: Machine = { share: 0.4, gap: 25, peak: 9 };
/** It grows day by day: what comes at once is no ice. */
const iced =
  (peak: number) =>
  (days: number): Machine => ({ share: 0.4 + 0.05 * Math.min(days, 5), gap: 25 + 4 * Math.min(days, 5), peak });

/** Two hours of which it runs for its share; each twelfth hour begins with a defrost of half an hour. */
function said({ share, gap, peak, setPoint = AIR, freezer = FREEZER }: Machine, minute: number): Values {
  const defrosts = minute % DEFROST_EVERY_MINUTES < 30;
  const runs = !defrosts && minute % 120 < share * 120 + 30;
  const coil = runs ? AIR - gap : AIR - 6;
  return {
    cabinet_temperature: AIR + 0.1 * ((minute / EVERY_MINUTES) % 3),
    set_point: setPoint,
    freezer_temperature: freezer + 0.3 * ((minute / EVERY_MINUTES) % 3),
    freezer_set_point: FREEZER,
    evaporator_temperature: defrosts ? peak : coil,
    compressor_on: runs,
    power: defrosts ? 160 : runs ? 90 : 2,
    defrost_on: defrosts,
    door_open: false,
  };
}

/** After how many days of it something was told, with the cause that was first. */
function toldOf(
  machine: (days: number) => Machine,
  days: number,
  thenHealthyDays = 0,
  room: Values = ROOM,
): { day: number; first: string }[] {
  const until = MIDNIGHT + (LEARNED_DAYS + days + thenHealthyDays) * DAY;
  function* messages() {
    for (let at = MIDNIGHT; at < until; at += EVERY_MINUTES * MINUTE) {
      const day = (at - MIDNIGHT) / DAY;
      const is = day >= LEARNED_DAYS && day < LEARNED_DAYS + days ? machine(day - LEARNED_DAYS) : HEALTHY;
      const now = moment(at, { ...said(is, ((at - MIDNIGHT) / MINUTE) % DAY_MINUTES), ...room });
      yield {
        appliance: FRIDGE,
        model: 'stethos-reference-fridge',
        receivedAt: at,
        seq: null,
        moments: [now],
        rejected: [],
      };
    }
  }
  const { changes } = judgeLife({ rules: loadCatalogue(), messages: messages(), upTo: until });
  return changes
    .filter(({ change }) => change === 'opened')
    .map(({ finding }) => ({
      day: (finding.changedAt - MIDNIGHT) / DAY - LEARNED_DAYS,
      first: finding.causes[0]!.cause,
    }));
}

describe('ice on the evaporator', () => {
  it('is not looked for where there is none', () => {
    expect(toldOf(() => HEALTHY, 10)).toEqual([]);
  });

  it('under a heater that stays cold is told within days', () => {
    const [told] = toldOf(iced(-4), 7);
    expect(told?.first).toBe('evaporator-frosted');
    expect(told!.day).toBeLessThan(4);
  });

  it('under a heater that runs out of time is left to the next defrosts, and told when it has stayed for six days', () => {
    expect(toldOf(iced(3.6), 4, 4)).toEqual([]);
    const [told] = toldOf(iced(3.6), 14);
    expect(told!.day).toBeGreaterThan(6);
    expect(told!.day).toBeLessThan(12);
  });
});

describe('an evaporator that gets less cold', () => {
  const weak: Machine = { ...HEALTHY, share: 0.48, gap: 16 };

  it('is a fault by itself when it lasts for days, also where the room is not known', () => {
    const [told] = toldOf(() => weak, 8, 0, {});
    expect(told!.day).toBeGreaterThan(3);
    expect(told!.day).toBeLessThan(6);
  });

  it('is none when it was for two days, or somebody set it warmer, or it has no more work than before', () => {
    expect(toldOf(() => weak, 2, 6, {})).toEqual([]);
    expect(toldOf(() => ({ ...weak, setPoint: AIR + 1 }), 8, 0, {})).toEqual([]);
    expect(toldOf(() => ({ ...weak, share: HEALTHY.share }), 8)).toEqual([]);
  });
});

describe('a compressor that runs without a pause while the freezer gets far colder than it is set to', () => {
  const freezesOn: Machine = { share: 1, gap: 38, peak: 9, freezer: -29 };

  it('freezes quickly, as somebody asked for', () => {
    expect(toldOf(() => freezesOn, 2.5, 5)).toEqual([]);
  });

  it('is not stopped by its board when that lasts for more than three days', () => {
    const [told] = toldOf(() => freezesOn, 8);
    expect(told?.first).toBe('control-board');
    expect(told!.day).toBeGreaterThan(3);
    expect(told!.day).toBeLessThan(4);
  });
});
