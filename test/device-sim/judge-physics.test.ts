// The units that judge behave as refrigerators do, each fault with the signs that published physics gives it.
import { describe, expect, it } from 'vitest';
import { drawJudgeFleet, type Episode, type JudgeMember, tellLife, type Witness } from '#device-sim';
import { advanceBoard } from '../../device-sim/judge/board.ts';
import { advanceHeat, newBody } from '../../device-sim/judge/body.ts';
import { tryOut } from '../../device-sim/judge/fit.ts';
import { calmInputs, type Inputs } from '../../device-sim/refrigerator.ts';
import { DAY, HOUR, MINUTE } from './days.ts';
import { beforeAndWith, COMMON, calmUnits, FAULTLESS, lived, ONSET, saidOf, tell, withEpisodes } from './judged.ts';

const units = calmUnits();

/** Relative change: more, less, about the same, or whatever. */
type Sign = '+' | '++' | '-' | '0' | '0+' | '0-' | 'any';
const HOLDS: Record<Sign, (change: number) => boolean> = {
  '+': (change) => change > 0.05,
  '++': (change) => change > 0.35,
  '-': (change) => change < -0.05,
  '0': (change) => Math.abs(change) < 0.06,
  '0+': (change) => change > 0,
  '0-': (change) => change < 0.03 && change > -0.15,
  any: () => true,
};

const SIGNS: readonly [fault: Episode['what'], strength: number, duty: Sign, power: Sign, gap: Sign][] = [
  ['door-ajar', 0.8, '+', '0', 'any'],
  ['seal-worn', 1, '+', '0', 'any'],
  ['refrigerant-leak', 0.67, '+', '-', '-'],
  ['evaporator-frosted', 1, '0+', '0-', '+'],
  ['evaporator-fan', 1, '+', '0-', '++'],
  ['condenser-dirty', 0.75, '+', '+', '-'],
  ['condenser-fan', 0.8, '+', '+', '-'],
  ['compressor-worn', 0.6, '+', '0-', '-'],
  ['relay-stuck-on', 1, '++', 'any', '+'],
];

describe('signs that tell drifting faults apart: duty, power while on, gap between air and evaporator', () => {
  it.each(SIGNS)('%s at %d: duty %s, power %s, gap %s', (fault, strength, duty, power, gap) => {
    for (const unit of units) {
      const { healthy, ill } = beforeAndWith(unit, fault, strength);
      for (const [sign, name] of [
        [duty, 'duty'],
        [power, 'powerOn'],
        [gap, 'gap'],
      ] as const) {
        const change = ill[name] / healthy[name] - 1;
        expect(HOLDS[sign](change), `unit ${unit.index}: ${name} ${(100 * change).toFixed(1)} %`).toBe(true);
      }
    }
  });

  it('a worn compressor keeps its power where a leak of the same cold loses it', () => {
    for (const unit of units) {
      // Both leave 59 % of the cooling.
      const leak = beforeAndWith(unit, 'refrigerant-leak', 2 / 3).ill;
      const worn = beforeAndWith(unit, 'compressor-worn', 0.59).ill;
      expect(worn.powerOn).toBeGreaterThan(leak.powerOn * 1.08);
      expect(Math.abs(worn.duty / leak.duty - 1)).toBeLessThan(0.1);
    }
  });

  it('a sensor that reads low warms the food and rests the compressor, one that reads high does the opposite', () => {
    for (const unit of units) {
      const low = beforeAndWith(unit, 'sensor-offset');
      expect(low.ill.air - low.healthy.air).toBeGreaterThan(2.5);
      expect(low.ill.duty).toBeLessThan(low.healthy.duty);
      const high = beforeAndWith(unit, 'sensor-offset-high');
      expect(high.ill.air - high.healthy.air).toBeLessThan(-2.5);
      expect(high.ill.duty).toBeGreaterThan(high.healthy.duty);
    }
  });

  it('ice grows for days: the gap widens from day to day', () => {
    for (const unit of units) {
      const iced = withEpisodes(unit, { what: 'evaporator-frosted', fromMs: 0, untilMs: 20 * DAY });
      const gaps = [1, 3, 5].map((day) => lived(iced, day * DAY, (day + 1) * DAY).gap);
      expect(gaps[1]).toBeGreaterThan(gaps[0]!);
      expect(gaps[2]).toBeGreaterThan(gaps[1]! * 1.05);
    }
  });
});

describe('sudden faults', () => {
  const minutes = (member: JudgeMember, episode: Episode, days = 6) => {
    const rows: { at: number; phase: string; watts: number; air: number; freezer: number }[] = [];
    const witness: Witness = {
      dangers: [],
      minute: (at, { phase, watts, air, freezer }) => rows.push({ at: at - member.from, phase, watts, air, freezer }),
    };
    for (const told of tellLife({ ...withEpisodes(member, episode), days }, { witness })) void told;
    return { rows, witness };
  };
  const from = (fault: Episode['what'], lastsMs = 20 * DAY): Episode => ({
    what: fault,
    fromMs: ONSET,
    untilMs: ONSET + lastsMs,
  });

  it('a compressor that does not start: never runs, spikes of five to eight times its power every 3 to 10 minutes, danger within hours', () => {
    for (const unit of calmUnits({ structure: { ...COMMON, meter: 'mean' } })) {
      const { rows, witness } = minutes(unit, from('compressor-start'));
      const later = rows.filter(({ at }) => at > ONSET + 2 * HOUR);
      expect(later.some(({ phase }) => phase === 'running')).toBe(false);
      const life = { ...withEpisodes(unit, from('compressor-start')), days: 5 };
      const power = saidOf(tell(life), 'power').filter(({ at }) => at > life.from + ONSET + 2 * HOUR);
      const spikes = power.filter(({ value }) => Number(value) > unit.unit.electronicsWatts + 10);
      expect(power.length / spikes.length).toBeGreaterThan(2.5);
      expect(power.length / spikes.length).toBeLessThan(11);
      expect(unit.unit.lockedRotorFactor).toBeGreaterThanOrEqual(5);
      const danger = witness.dangers.find((one) => one.from > unit.from + ONSET)!;
      expect(danger.from - unit.from - ONSET).toBeGreaterThan(HOUR);
      expect(danger.from - unit.from - ONSET).toBeLessThan(14 * HOUR);
    }
  });

  it('a broken line: it runs without end and without cold, the gap is gone', () => {
    for (const unit of units) {
      const { rows } = minutes(unit, { ...from('cooling-failing'), growMs: 30 * MINUTE });
      const later = rows.filter(({ at }) => at > ONSET + DAY);
      expect(later.filter(({ phase }) => phase === 'running').length / later.length).toBeGreaterThan(0.8);
      expect(later.at(-1)!.air).toBeGreaterThan(12);
    }
  });

  it('a door left open: 0.2 to 2 K a minute at first, and cold again some hours after it is closed', () => {
    for (const unit of units) {
      const { rows } = minutes(unit, from('door-left-open', 45 * MINUTE), 5);
      const air = (at: number) => rows.find((row) => row.at === at)!.air;
      const rate = (air(ONSET + 10 * MINUTE) - air(ONSET)) / 10;
      expect(rate).toBeGreaterThan(0.2);
      expect(rate).toBeLessThan(2);
      expect(air(ONSET + 12 * HOUR)).toBeLessThan(unit.unit.setPoint + 3);
    }
  });

  it('a relay that never closes: nothing runs and nothing spikes; one that never opens freezes the cabinet', () => {
    for (const unit of units) {
      const off = minutes(unit, from('relay-stuck-off')).rows.filter(({ at }) => at > ONSET + 2 * HOUR);
      expect(Math.max(...off.map(({ watts }) => watts))).toBeLessThan(40);
      expect(off.at(-1)!.air).toBeGreaterThan(12);
      const on = minutes(unit, from('relay-stuck-on')).rows.filter(({ at }) => at > ONSET + DAY);
      expect(on.every(({ phase }) => phase === 'running')).toBe(true);
      expect(Math.min(...on.map(({ air }) => air))).toBeLessThan(unit.unit.setPoint - 3);
    }
  });

  it('a power cut: nothing is said, the air warms along an exponential of hours, and is cold again afterwards', () => {
    for (const unit of units) {
      const episode = from('power-cut', 6 * HOUR);
      const { rows } = minutes(unit, episode, 6);
      const air = (at: number) => rows.find((row) => row.at === at)!.air;
      expect(air(ONSET + 6 * HOUR)).toBeGreaterThan(unit.unit.setPoint + 2);
      expect(air(ONSET + 30 * HOUR)).toBeLessThan(unit.unit.setPoint + 3);
      const told = tell({ ...withEpisodes(unit, episode), days: 5 });
      const silent = told.filter(
        ({ receivedAt }) => receivedAt > unit.from + ONSET + MINUTE && receivedAt < unit.from + ONSET + 6 * HOUR,
      );
      expect(silent).toEqual([]);
      const back = told.find(({ receivedAt }) => receivedAt >= unit.from + ONSET + 6 * HOUR)!;
      expect(back.payload.seq).toBe(0);
    }
  });

  it('a freezer that stays ajar: it warms, and the cabinet above it stays cold', () => {
    for (const unit of units) {
      const { healthy, ill } = beforeAndWith(unit, 'freezer-ajar');
      expect(ill.freezer).toBeGreaterThan(-15);
      expect(healthy.freezer).toBeLessThan(-15);
      expect(Math.abs(ill.air - healthy.air)).toBeLessThan(0.7);
    }
  });

  it('mains outside 207 to 253 V are measured where there is a voltmeter', () => {
    for (const unit of units) {
      for (const [fault, inside] of [
        ['mains-low', (volts: number) => volts < 207],
        ['mains-high', (volts: number) => volts > 253],
      ] as const) {
        const life = { ...withEpisodes(unit, from(fault)), days: 5 };
        const volts = saidOf(tell(life), 'mains_voltage');
        const during = volts.filter(({ at }) => at > life.from + ONSET + MINUTE);
        expect(during.every(({ value }) => inside(Number(value)))).toBe(true);
        expect(volts.filter(({ at }) => at < life.from + ONSET).some(({ value }) => inside(Number(value)))).toBe(false);
      }
    }
  });

  it('a probe that is broken says what cannot be: the same for ever, a sentinel, jumps, kelvins of noise', () => {
    const [unit] = units;
    const readings = (fault: Episode['what']) => {
      const life = { ...withEpisodes(unit!, from(fault)), days: 5 };
      const all = saidOf(tell(life), 'cabinet_temperature').filter(({ at }) => at > life.from + ONSET + 5 * MINUTE);
      return all.map(({ value }) => Number(value));
    };
    const steps = (values: number[]) => values.slice(1).map((value, i) => Math.abs(value - values[i]!));
    expect(new Set(readings('sensor-frozen')).size).toBe(1);
    expect(readings('sensor-open').every((value) => value <= -40)).toBe(true);
    expect(readings('sensor-short').every((value) => value >= 85)).toBe(true);
    expect(steps(readings('sensor-jumping')).filter((step) => step > 4).length).toBeGreaterThan(40);
    const noise = steps(readings('sensor-noisy'));
    expect(noise.reduce((sum, step) => sum + step, 0) / noise.length).toBeGreaterThan(1.5);
  });
});

describe('repair', () => {
  it.each(['evaporator-frosted', 'evaporator-fan', 'refrigerant-leak', 'condenser-dirty', 'relay-stuck-on'] as const)(
    'after %s the unit is what it was, ice included',
    (what) => {
      for (const unit of units) {
        const long = { ...unit, days: 25 };
        const ill = withEpisodes(long, { what, fromMs: 2 * DAY, untilMs: 8 * DAY, growMs: 0, strength: 0.9 });
        const [healthy, healed] = [long, ill].map((life) => lived(life, 18 * DAY, 25 * DAY));
        expect(Math.abs(healed!.duty / healthy!.duty - 1), `unit ${unit.index}`).toBeLessThan(0.06);
        expect(Math.abs(healed!.air - healthy!.air), `unit ${unit.index}`).toBeLessThan(0.3);
        expect(healed!.frost).toBeLessThan(0.3);
      }
    },
  );
});

describe('the numbers', () => {
  const all = drawJudgeFleet({
    seed: 8,
    count: 12,
    days: 10,
    faults: 'none',
    lookAlikesPerMonth: 0,
    telling: FAULTLESS,
  });

  it('half the step changes the energy of a day by less than one percent, over units of all structures', () => {
    for (const member of all) {
      // A defrost more or less is part of chance: a month is long enough for that not to count.
      const month = { ...member, days: 30 };
      const [whole, half] = [10, 5].map((stepSeconds) => lived(month, 0, 30 * DAY, stepSeconds));
      expect(Math.abs(whole!.joules / half!.joules - 1), `unit ${member.index}`).toBeLessThan(0.01);
      expect(Math.abs(whole!.air - half!.air), `unit ${member.index}`).toBeLessThan(0.1);
    }
  });

  it('heat is conserved: a cabinet without machine and without room settles at the mean of its parts', () => {
    for (const { unit } of all) {
      const insulated = { ...unit, cabinetLoss: 0, freezerLoss: 0 };
      const body = { ...newBody(insulated), air: 18, food: 5, core: 3, evaporator: -12 };
      const x: Inputs = { ...calmInputs(insulated, 25), mainsOn: false };
      const heat = () =>
        body.air * unit.airCapacity +
        (body.food * (1 - unit.coreShare) + body.core * unit.coreShare) * unit.foodCapacity +
        body.evaporator * unit.evaporatorCapacity;
      const before = heat();
      body.phase = 'unpowered';
      for (let i = 0; i < 3 * 8640; i++) {
        advanceBoard(insulated, body, x, 10);
        // Ice forms at the coil while it is cold, and would melt later.
        body.frost = 0;
        advanceHeat(insulated, body, x, 10);
      }
      expect(Math.abs(heat() - before) / Math.abs(before)).toBeLessThan(1e-6);
      expect(Math.abs(body.air - body.food)).toBeLessThan(0.2);
    }
  });

  it('every unit holds its set point in a mild room and at 38 °C', () => {
    for (const { unit } of all) {
      expect(Math.abs(tryOut(unit, 23).air - unit.setPoint)).toBeLessThanOrEqual(0.5);
      expect(Math.abs(tryOut(unit, 38).air - unit.setPoint)).toBeLessThanOrEqual(1.5);
    }
  });

  it('metered means: a healthy unit draws 8 to 70 W over a day and 55 to 150 W while it runs', () => {
    for (const member of all) {
      const { joules, powerOn } = lived(member, 0, 10 * DAY);
      const mean = joules / (10 * 86_400);
      expect(mean, `unit ${member.index}`).toBeGreaterThan(8);
      expect(mean, `unit ${member.index}`).toBeLessThan(70);
      if (member.unit.compressor === 'variable') continue;
      expect(powerOn, `unit ${member.index}`).toBeGreaterThan(55);
      expect(powerOn, `unit ${member.index}`).toBeLessThan(150);
    }
  });
});
