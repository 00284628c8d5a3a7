// The fleet that judges: drawn alike for the same seed, with the truth beside it, and telling like real appliances.
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { Model, TelemetryPayload } from '#contracts';
import {
  DANGER_CELSIUS,
  drawJudgeFleet,
  FAULT_CODES,
  type JudgeFleetOptions,
  type JudgeMember,
  type LifeOptions,
  PROFILES,
  type Told,
  tellLife,
  truthOfLife,
  type Witness,
} from '#device-sim';
import { DAY, HOUR, MINUTE } from './days.ts';
import { COMMON, calmUnits, FAULTLESS, saidOf, tell, withEpisodes } from './judged.ts';

const bytes = (life: LifeOptions): string => JSON.stringify(tell(life));
const stampsOf = (told: readonly Told[]): number[] =>
  told.flatMap(({ payload }) => payload.readings.map(({ at }) => at!));
const draw = (options: Partial<JudgeFleetOptions>): JudgeMember[] =>
  drawJudgeFleet({ seed: 1, count: 28, days: 90, faults: 'each', ...options });

describe('a life', () => {
  it('is the same, byte for byte, for the same seed, and another one for another', () => {
    fc.assert(
      fc.property(fc.integer({ min: 1, max: 1e6 }), fc.nat({ max: 13 }), (seed, index) => {
        const member = () => ({ ...draw({ seed, count: index + 1, days: 3 })[index]!, days: 2 });
        expect(bytes(member())).toBe(bytes(member()));
        expect(bytes(member())).not.toBe(bytes({ ...member(), seed: member().seed + 1 }));
      }),
      { numRuns: 8 },
    );
  });

  it('is the same before a fault begins as without the fault', () => {
    for (const unit of calmUnits({ days: 3 })) {
      const ill = tell(withEpisodes(unit, { what: 'compressor-start', fromMs: 2 * DAY }));
      const healthy = tell(unit);
      const before = healthy.filter(({ receivedAt }) => receivedAt < unit.from + 2 * DAY);
      expect(ill.slice(0, before.length)).toEqual(before);
    }
  });

  it('a longer one only adds to it', () => {
    const [unit] = calmUnits({ days: 2 });
    const short = tell(unit!);
    expect(tell({ ...unit!, days: 3 }).slice(0, short.length)).toEqual(short);
  });

  it('arrives in order, as payloads of the device guide, of signals that its model has', () => {
    for (const member of draw({ days: 2 })) {
      expect(Model.parse(member.model)).toEqual(member.model);
      let last = 0;
      for (const { receivedAt, payload } of tellLife(member)) {
        expect(receivedAt).toBeGreaterThanOrEqual(last);
        last = receivedAt;
        expect(TelemetryPayload.parse(payload)).toEqual(payload);
        for (const { values } of payload.readings) {
          expect(Object.keys(values).filter((signal) => !(signal in member.model.signals))).toEqual([]);
        }
      }
      expect(last).toBeGreaterThan(member.from);
    }
  });
});

describe('a fleet', () => {
  it('gives member n the same life in a larger fleet', () => {
    expect(draw({ count: 40 }).slice(0, 15)).toEqual(draw({ count: 15 }));
  });

  it('gives every fault code its equal turn, its varieties one after the other', () => {
    const fleet = draw({ count: 14 * 7, secondFaultShare: 0, lookAlikesPerMonth: 0 });
    for (const code of FAULT_CODES) {
      const members = fleet.filter((member) => truthOfLife(member).some((truth) => truth.code === code));
      expect(members.length, code).toBe(7);
    }
    expect(new Set(fleet.filter((_, i) => i % 14 === 9).map(({ fault }) => fault)).size).toBe(7);
  });

  it('is healthy for 10 to 40 days first, and has two faults in a tenth of the lives', () => {
    const fleet = draw({ count: 200, lookAlikesPerMonth: 0 });
    for (const member of fleet) {
      const onset = (truthOfLife(member)[0]!.onset - member.from) / DAY;
      expect(onset).toBeGreaterThanOrEqual(10);
      expect(onset).toBeLessThanOrEqual(40);
    }
    const two = fleet.filter(({ secondFault }) => secondFault !== null).length / fleet.length;
    expect(two).toBeGreaterThan(0.03);
    expect(two).toBeLessThan(0.18);
  });

  it('has no fault when none is asked for, and look-alikes all the same', () => {
    const truth = draw({ faults: 'none', days: 365 }).flatMap(truthOfLife);
    expect(truth.filter(({ kind }) => kind === 'fault')).toEqual([]);
    expect(new Set(truth.map(({ fault }) => fault)).size).toBe(10);
  });

  it('is made of every structure, and of none that cannot have its fault', () => {
    const fleet = draw({ count: 140 });
    for (const name of ['defrost', 'compressor', 'thermostat', 'freezer', 'meter', 'ambientSensor'] as const) {
      expect(new Set(fleet.map(({ unit }) => unit[name])).size, name).toBeGreaterThan(1);
    }
    for (const { fault, unit } of fleet) {
      if (fault === 'evaporator-frosted' || fault === 'evaporator-fan') expect(unit.defrost).not.toBe('cycle');
      if (fault === 'freezer-ajar') expect(unit.freezer).not.toBe('none');
      if (fault === 'mains-low') expect(unit.voltmeter).toBe(true);
    }
  });

  it('says what cannot be drawn', () => {
    expect(() => draw({ faults: ['F5'], structure: { defrost: 'cycle' } })).toThrow(/evaporator-fan/);
  });
});

describe('truth', () => {
  it('knows when a fifth of a growing fault is there, and tells drift from what comes at once', () => {
    for (const member of draw({ count: 84, lookAlikesPerMonth: 0, secondFaultShare: 0 })) {
      const [truth] = truthOfLife(member);
      expect(truth!.notableAt).toBeCloseTo(truth!.onset + truth!.growMs / 5, 0);
      expect(truth!.manner).toBe(truth!.growMs > DAY ? 'drift' : 'sudden');
      if (truth!.fault === 'refrigerant-leak') expect(truth!.growMs).toBeGreaterThanOrEqual(5 * DAY);
      if (truth!.fault === 'evaporator-frosted') {
        expect(truth!.growMs).toBeGreaterThan(3 * DAY);
        expect(truth!.growMs).toBeLessThan(20 * DAY);
      }
    }
  });

  it('the food-equivalent temperature is the true air behind a filter of 90 minutes, and danger begins where it passes 8 °C', () => {
    for (const unit of calmUnits({ days: 4 })) {
      const life = withEpisodes(unit, { what: 'compressor-start', fromMs: DAY, untilMs: 3 * DAY });
      let [filtered, known] = [0, false];
      let passedAt = 0;
      const witness: Witness = {
        dangers: [],
        minute(at, { air, foodEquivalent }) {
          filtered = known ? filtered + (air - filtered) * (1 - Math.exp(-1 / 90)) : foodEquivalent;
          known = true;
          expect(Math.abs(filtered - foodEquivalent)).toBeLessThan(0.1);
          if (filtered > DANGER_CELSIUS && passedAt === 0) passedAt = at;
        },
      };
      for (const told of tellLife(life, { witness })) void told;
      expect(witness.dangers.length).toBe(1);
      expect(Math.abs(witness.dangers[0]!.from - passedAt)).toBeLessThanOrEqual(3 * MINUTE);
      expect(witness.dangers[0]!.until).toBeGreaterThan(life.from + 3 * DAY);
      expect(witness.dangers[0]!.highest).toBeGreaterThan(12);
    }
  });

  it('healthy food is hardly ever in danger, whatever looks like a fault', () => {
    let [dangers, days] = [0, 0];
    for (const member of draw({ faults: 'none', count: 16, days: 45, lookAlikesPerMonth: 0 })) {
      const witness: Witness = { dangers: [] };
      for (const told of tellLife(member, { witness })) void told;
      dangers += witness.dangers.length;
      days += member.days;
    }
    expect((dangers / days) * 365).toBeLessThan(1);
  });
});

describe('telemetry as it really is', () => {
  const [unit] = calmUnits({ days: 4 });
  const telling = (change: Partial<LifeOptions['telling']>): Told[] =>
    tell({ ...unit!, telling: { ...unit!.telling, ...change } });
  const whole = telling({});

  it('says all it has once a minute, and the door at the moment it moves', () => {
    const cabinet = saidOf(whole, 'cabinet_temperature');
    expect(cabinet.length).toBeGreaterThanOrEqual(4 * 1440 - 1);
    expect(cabinet.slice(1).every(({ at }, i) => at - cabinet[i]!.at === MINUTE)).toBe(true);
    const door = saidOf(whole, 'door_open').filter(({ at }) => (at - unit!.from) % MINUTE !== 0);
    expect(door.length).toBeGreaterThan(20);
  });

  it('loses the share that was asked for, seen in the gaps of its count', () => {
    for (const lossShare of [0.05, 0.2]) {
      const told = telling({ lossShare });
      expect(Math.abs(1 - told.length / whole.length - lossShare)).toBeLessThan(0.02);
      expect(told.at(-1)!.payload.seq! + 1).toBeGreaterThan(told.length);
    }
  });

  it('doubles, delays and disorders messages, within a minute and beyond', () => {
    const doubled = telling({ duplicateShare: 0.1 });
    expect(doubled.length / whole.length).toBeGreaterThan(1.07);
    const disorder = (told: readonly Told[]) =>
      stampsOf(told).filter((at, i, all) => i > 0 && at < all[i - 1]!).length / told.length;
    expect(disorder(whole)).toBe(0);
    expect(disorder(telling({ jitterMs: 50_000 }))).toBeGreaterThan(0);
    const late = telling({ delayShare: 0.05, delayMaximumMs: HOUR });
    const lag = late.map(({ receivedAt, payload }) => receivedAt - payload.readings[0]!.at!);
    expect(lag.filter((ms) => ms > 10 * MINUTE).length).toBeGreaterThan(50);
    expect(late.length).toBe(whole.length);
  });

  it('stamps with a clock that is off, and a wrong clock is hours off', () => {
    const skewed = telling({ skewMs: 90_000 });
    expect(stampsOf(skewed)).toEqual(stampsOf(whole).map((at) => at + 90_000));
    const wrong = tell(withEpisodes(unit!, { what: 'clock-wrong', fromMs: DAY, untilMs: 2 * DAY }));
    const ahead = wrong.filter(({ receivedAt, payload }) => payload.readings[0]!.at! - receivedAt > HOUR);
    expect(ahead.length).toBeGreaterThan(1_400);
    expect(ahead.every(({ receivedAt }) => receivedAt > unit!.from + DAY)).toBe(true);
  });

  it('keeps what it measures during a router outage and sends it afterwards, or loses it', () => {
    const outage = withEpisodes(unit!, { what: 'router-outage', fromMs: DAY, untilMs: DAY + 5 * HOUR });
    const told = tell(outage);
    expect(stampsOf(told)).toEqual(stampsOf(whole));
    const during = (one: Told) =>
      one.receivedAt > unit!.from + DAY + MINUTE && one.receivedAt < unit!.from + DAY + 5 * HOUR;
    expect(told.filter(during)).toEqual([]);
    expect(Math.max(...told.map(({ payload }) => payload.readings.length))).toBe(100);
    const forgetful = tell({ ...outage, telling: { ...outage.telling, keeps: false } });
    expect(stampsOf(whole).length - stampsOf(forgetful).length).toBeGreaterThan(290);
  });

  it('says nothing while it is silent, and nothing of it later', () => {
    const told = tell(withEpisodes(unit!, { what: 'appliance-silent', fromMs: DAY, untilMs: 3 * DAY }));
    const gap = stampsOf(told).filter((at) => at > unit!.from + DAY + MINUTE && at < unit!.from + 3 * DAY);
    expect(gap).toEqual([]);
    expect(told.at(-1)!.receivedAt).toBeGreaterThan(unit!.from + 3 * DAY);
  });

  it('at a coarser cadence says the same less often, in batches the same later', () => {
    const coarse = telling({ cadence: 300 });
    const power = (told: readonly Told[]) => {
      const all = saidOf(told, 'energy').map(({ value }) => Number(value));
      return all.at(-1)! - all[0]!;
    };
    expect(saidOf(coarse, 'power').length).toBeLessThan(saidOf(whole, 'power').length / 4);
    expect(Math.abs(power(coarse) / power(whole) - 1)).toBeLessThan(0.02);
    const batched = telling({ batchMs: 10 * MINUTE });
    expect(stampsOf(batched)).toEqual(stampsOf(whole).slice(0, stampsOf(batched).length));
    expect(stampsOf(whole).length - stampsOf(batched).length).toBeLessThan(30);
    expect(batched.length).toBeLessThan(whole.length / 5);
  });

  it('on change says what moved, and everything at least every quarter of an hour', () => {
    const told = telling({ cadence: 'on-change' });
    const values = (all: readonly Told[]) =>
      all.reduce((sum, { payload }) => sum + payload.readings.reduce((n, r) => n + Object.keys(r.values).length, 0), 0);
    expect(values(told)).toBeLessThan(values(whole) / 2);
    const sets = saidOf(told, 'set_point').map(({ at }) => at);
    expect(Math.max(...sets.slice(1).map((at, i) => at - sets[i]!))).toBeLessThanOrEqual(16 * MINUTE);
  });

  it('each profile tells what it may and no more', () => {
    const signals = Object.fromEntries(
      PROFILES.map((profile) => [
        profile,
        drawJudgeFleet({
          seed: 3,
          count: 1,
          days: 1,
          faults: 'none',
          structure: { ...COMMON, doorAlarm: true, temperatureAlarm: true },
          telling: { ...FAULTLESS, profile },
        })[0]!.signals,
      ]),
    );
    expect(signals['set-points-only']).toEqual(['set_point', 'door_open', 'door_alarm', 'temperature_alarm']);
    expect(signals['power-only']).toEqual(['power', 'energy']);
    expect(signals.full).toContain('ambient_temperature');
    expect(signals['no-ambient']).not.toContain('ambient_temperature');
    expect(signals['no-door']!.filter((signal) => signal.startsWith('door'))).toEqual([]);
  });

  it("the appliance's own alarms: of the door after one to three minutes, of the temperature after an hour", () => {
    const [member] = calmUnits({ days: 3, structure: { ...COMMON, doorAlarm: true, temperatureAlarm: true } });
    const open = withEpisodes(member!, { what: 'door-left-open', fromMs: DAY, untilMs: DAY + 4 * HOUR });
    const first = (signal: string, life = open) => saidOf(tell(life), signal).find(({ value }) => value === true)!.at;
    expect(first('door_alarm') - member!.from - DAY).toBeGreaterThanOrEqual(MINUTE);
    expect(first('door_alarm') - member!.from - DAY).toBeLessThanOrEqual(4 * MINUTE);
    const warm = withEpisodes(member!, { what: 'compressor-start', fromMs: DAY, untilMs: 3 * DAY });
    expect(first('temperature_alarm', warm) - member!.from - DAY).toBeGreaterThan(HOUR);
  });
});

describe('the home', () => {
  it('is between 14 and 39 °C, and its seasons and hot days reach most of 16 to 38 °C over a fleet', () => {
    let [low, high] = [99, -99];
    for (const member of draw({ faults: 'none', count: 16, days: 30, lookAlikesPerMonth: 6 })) {
      const witness: Witness = {
        dangers: [],
        minute: (_at, _body, { ambient }) => {
          low = Math.min(low, ambient);
          high = Math.max(high, ambient);
        },
      };
      for (const told of tellLife({ ...member, telling: { ...member.telling, cadence: 300 } }, { witness })) void told;
    }
    expect(low).toBeGreaterThanOrEqual(14);
    expect(low).toBeLessThan(19);
    expect(high).toBeGreaterThan(32);
    expect(high).toBeLessThanOrEqual(39);
  });

  it('comes warm from the shop once, and is cold some hours later', () => {
    const [unit] = calmUnits({ days: 3 });
    const fresh = withEpisodes(unit!, { what: 'first-cool-down', fromMs: 0 });
    const cabinet = saidOf(tell(fresh), 'cabinet_temperature').map(({ value }) => Number(value));
    expect(cabinet[5]).toBeGreaterThan(unit!.unit.setPoint + 6);
    expect(cabinet[2 * 1440]).toBeLessThan(unit!.unit.setPoint + 3);
  });
});
