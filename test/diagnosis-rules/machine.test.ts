// What the compressor, the fan, the heater and the thermometer show, each beside one that is healthy.
import { describe, expect, it } from 'vitest';
import { MINUTE } from '#runtime';
import { Told, type Values } from './moments.ts';

const RUN = { compressor_on: true, power: 90, cabinet_temperature: 5, evaporator_temperature: -20 };
const REST = { compressor_on: false, power: 2, cabinet_temperature: 5, evaporator_temperature: -3 };

describe('a run', () => {
  it('is measured once it has settled: neither the inrush nor a warm evaporator counts', () => {
    const fridge = new Told().for(20, REST);
    fridge.for(2, { ...RUN, power: 300, evaporator_temperature: 0 }).for(30, RUN);
    expect(fridge.get('power_while_running')).toBeCloseTo(90, 4);
    expect(fridge.get('evaporator_gap')).toBeCloseTo(25, 4);
  });

  it('in which messages were lost may have ended and begun again: its inrush is not measured', () => {
    const inrush = { ...RUN, power: 350 };
    const measured = (fridge: Told) => fridge.says(inrush).get('power_while_running');
    const running = () => new Told().for(20, REST).for(30, RUN);
    expect(measured(running().lostFor(12))).toBeCloseTo(90, 4);
    // The same of which nothing is missing is what it draws.
    expect(measured(running().silentFor(12))).toBeGreaterThan(150);
  });

  it('that seems to have stopped among what was lost is not measured: a defrost that goes on draws its own', () => {
    const { compressor_on: _, ...others } = RUN;
    const measured = (fridge: Told) => fridge.for(10, { ...others, power: 130 }).get('power_while_running');
    const running = () => new Told().for(20, REST).for(30, RUN);
    expect(measured(running().lostFor(2))).toBeCloseTo(90, 4);
    // With nothing lost it runs on, and draws what it says.
    expect(measured(running().silentFor(2))).toBeGreaterThan(95);
  });

  it('is not measured by what was said before messages were lost', () => {
    const { evaporator_temperature: _, ...others } = RUN;
    const warmer = { ...others, cabinet_temperature: 9 };
    const running = () => new Told().for(20, REST).for(30, RUN);
    expect(running().lostFor(2).for(10, warmer).get('evaporator_gap')).toBeCloseTo(25, 4);
    // With nothing lost the evaporator is as it was said last.
    expect(running().silentFor(2).for(10, warmer).get('evaporator_gap')).toBeGreaterThan(26);
  });

  it('too short to settle says nothing', () => {
    const fridge = new Told().for(20, REST).for(2, RUN).for(20, REST);
    expect(fridge.get('power_while_running')).toBeNaN();
    expect(fridge.get('evaporator_gap')).toBeNaN();
  });

  it('at half speed is measured as if it were at full', () => {
    // Of 47.5 W the board draws 5 at any speed.
    const slow = { compressor_speed: 1500, power: 47.5, cabinet_temperature: 5, evaporator_temperature: -7 };
    const fridge = new Told().for(20, { ...slow, compressor_speed: 0, power: 5 }).for(30, slow);
    expect(fridge.get('power_while_running')).toBeCloseTo(90, 4);
    expect(fridge.get('evaporator_gap')).toBeCloseTo(24, 4);
  });

  it('while the door stands open says nothing of the machine', () => {
    const fridge = new Told().for(20, REST).for(30, { ...RUN, door_open: true });
    expect(fridge.get('power_while_running')).toBeNaN();
  });

  it('is not known any more after hours without one', () => {
    const fridge = new Told().for(20, REST).for(30, RUN).for(300, REST);
    expect(fridge.get('power_while_running')).toBeNaN();
  });

  it('is told from a defrost by its power alone', () => {
    const heater = { power: 160, defrost_on: true, cabinet_temperature: 5 };
    const cooling = { power: 90, defrost_on: false, cabinet_temperature: 5 };
    expect(new Told().for(10, heater).get('compressor_share_1h')).toBeNaN();
    expect(new Told().for(10, heater).get('running_minutes')).toBe(0);
    expect(new Told().for(10, cooling).get('running_minutes')).toBe(9);
    expect(new Told().for(10, { ...cooling, power: 12 }).get('running_minutes')).toBe(0);
  });
});

describe('attempts to start', () => {
  /** Every ten minutes `high` for `minutes`. */
  const pulses = (high: Values, minutes: number) => (minute: number) => (minute % 10 < minutes ? high : REST);

  it.each<[string, Values, number]>([
    ['a peak of power at rest', { ...REST, power: 60 }, 1],
    ['a run of a minute', RUN, 1],
  ])('%s counts', (_, high, minutes) => {
    const peaks = new Told().for(30, REST).for(120, pulses(high, minutes)).get('start_peaks');
    // One in ten minutes, of which those of the last hour count, the older ones less and less.
    const faded = Array.from({ length: 12 }, (__, i) => Math.exp(-i / 6)).reduce((sum, each) => sum + each);
    expect(peaks).toBeGreaterThan(faded * 0.8);
    expect(peaks).toBeLessThan(faded * 1.1);
  });

  it.each<[string, Values, number]>([
    ['a heater that is on for minutes', { ...REST, power: 60 }, 5],
    ['a run as any other', RUN, 6],
    ['a lamp, while the door is open', { ...REST, power: 20, door_open: true }, 1],
    ['a display that takes a few watts more', { ...REST, power: 6 }, 1],
    ['the heater of a defrost', { ...REST, power: 160, defrost_on: true }, 1],
  ])('%s does not', (_, high, minutes) => {
    const shut = (minute: number): Values => {
      const values = pulses(high, minutes)(minute);
      return { door_open: false, defrost_on: false, ...values };
    };
    expect(new Told().for(30, REST).for(120, shut).get('start_peaks')).toBe(0);
  });
});

describe('a fan', () => {
  const cooling = (fan_speed: number): Values => ({ ...RUN, fan_speed });

  it('that turned and stands while the compressor runs is counted by the minute', () => {
    const fridge = new Told().for(10, cooling(1200)).for(20, cooling(0));
    expect(fridge.get('fan_stood_minutes')).toBeGreaterThanOrEqual(18);
    expect(fridge.get('fan_stood_minutes')).toBeLessThanOrEqual(20);
  });

  it.each<[string, Told]>([
    ['that never turned, because there is none', new Told().for(40, cooling(0))],
    ['that turns', new Told().for(40, cooling(1200))],
    ['that rests with the compressor', new Told().for(10, cooling(1200)).for(30, { ...REST, fan_speed: 0 })],
    [
      'that rests while the door is open',
      new Told().for(10, cooling(1200)).for(30, { ...cooling(0), door_open: true }),
    ],
  ])('%s is no fault', (_, fridge) => {
    expect(fridge.get('fan_stood_minutes')).toBe(0);
  });

  it('that is not told of is not known', () => {
    expect(new Told().for(40, RUN).get('fan_stood_minutes')).toBeNaN();
  });
});

describe('a defrost', () => {
  const quiet = { defrost_on: false, evaporator_temperature: -20, cabinet_temperature: 5 };
  const heating = (peak: number) => (minute: number) => ({
    defrost_on: true,
    evaporator_temperature: Math.min(peak, -20 + 2 * minute),
    cabinet_temperature: 5,
  });
  const cooling = (peak: number) => ({ ...quiet, evaporator_temperature: peak });

  it.each([9, -4])('is known by the warmest that the evaporator got (%i °C), the afterglow included', (peak) => {
    const fridge = new Told()
      .for(30, quiet)
      .for(25, heating(peak))
      .for(3, cooling(peak + 1))
      .for(20, quiet);
    expect(fridge.get('defrost_peak')).toBeCloseTo(peak + 1);
    expect(fridge.get('hours_since_defrost')).toBeCloseTo(23 / 60, 1);
  });

  it.each<[string, Told]>([
    ['of a few minutes', new Told().for(30, quiet).for(5, heating(9)).for(30, quiet)],
    ['whose beginning was not seen', new Told().for(25, heating(9)).for(30, quiet)],
    [
      'that went on unseen',
      new Told().for(30, quiet).for(12, heating(9)).silentFor(30).for(12, heating(9)).for(30, quiet),
    ],
    ['that is not over', new Told().for(30, quiet).for(25, heating(9))],
  ])('%s says nothing', (_, fridge) => {
    expect(fridge.get('defrost_peak')).toBeNaN();
  });

  it('is not remembered for ever', () => {
    const fridge = new Told().for(30, quiet).for(25, heating(9)).for(30, quiet);
    expect(fridge.getAt('defrost_peak', fridge.at + 4 * 24 * 60 * MINUTE)).toBeNaN();
  });
});

describe('the thermometer', () => {
  /** A cabinet that breathes: 4 K up and down in an hour, in tenths. */
  const air = (minute: number): number => Math.round((5 + 2 * Math.sin((2 * Math.PI * minute) / 60)) * 10) / 10;
  const evaporator = (minute: number): number => (minute % 60 < 30 ? -20 + (minute % 30) / 3 : -5);
  const said = (cabinet: (minute: number) => number) => (minute: number) => ({
    cabinet_temperature: cabinet(minute),
    evaporator_temperature: evaporator(minute),
  });
  const healthy = () => new Told().for(600, said(air));

  it('stands still while the evaporator moves', () => {
    const frozen = healthy().for(
      150,
      said(() => 5.3),
    );
    expect(frozen.get('thermometer_frozen_minutes')).toBeGreaterThan(120);
    expect(healthy().get('thermometer_frozen_minutes')).toBe(0);
  });

  it('may say the same for as long as it often did, or while nothing moves', () => {
    const coarse = (minute: number): number => (minute % 240 < 120 ? 5 : 6);
    expect(new Told().for(1200, said(coarse)).get('thermometer_frozen_minutes')).toBe(0);
    const off = healthy().for(150, () => ({ cabinet_temperature: 5.3, evaporator_temperature: -5 }));
    expect(off.get('thermometer_frozen_minutes')).toBe(0);
  });

  it('is not known to stand still without a second one', () => {
    const alone = new Told().for(600, (minute) => ({ cabinet_temperature: air(minute) }));
    expect(alone.get('thermometer_frozen_minutes')).toBeNaN();
  });

  it('jumps by more than air can, unless the door moved', () => {
    const jumping = (minute: number): number => (minute % 20 === 0 ? air(minute) + 9 : air(minute));
    expect(healthy().for(60, said(jumping)).get('thermometer_jumps')).toBeGreaterThan(3);
    expect(healthy().get('thermometer_jumps')).toBe(0);
    const party = healthy().for(60, (minute) => ({ ...said(jumping)(minute), door_open: minute % 20 === 0 }));
    expect(party.get('thermometer_jumps')).toBe(0);
  });

  it('does not jump over a silence', () => {
    const back = healthy()
      .silentFor(40)
      .for(
        5,
        said(() => 15),
      );
    expect(back.get('thermometer_jumps')).toBe(0);
  });

  it('trembles from one reading to the next', () => {
    const noisy = (minute: number): number => air(minute) + (minute % 2 === 0 ? 0.8 : -0.8);
    expect(healthy().for(120, said(noisy)).get('thermometer_tremble')).toBeGreaterThan(2);
    expect(healthy().get('thermometer_tremble')).toBeLessThan(0.2);
  });

  it('trembles also where it is read every five minutes only', () => {
    const every5 = (values: (minute: number) => Values): Told => healthy().for(180, values, 5);
    const noisy = (minute: number): number => air(minute) + (minute % 10 === 0 ? 1.5 : -1.5);
    expect(every5(said(noisy)).get('thermometer_tremble')).toBeGreaterThan(0.8);
    expect(every5(said(air)).get('thermometer_tremble')).toBeLessThan(0.4);
  });

  it('does not tremble where it tells whole degrees and the air is between two of them', () => {
    // Told when it changes: every reading is the other of the two.
    const toAndFro = (minute: number): number => (minute % 2 === 0 ? 5 : 6);
    expect(healthy().for(180, said(toAndFro)).get('thermometer_tremble')).toBeLessThan(0.2);
    // A loose contact leaps further than a display.
    const loose = (minute: number): number => (minute % 2 === 0 ? 5 : 7);
    expect(healthy().for(180, said(loose)).get('thermometer_tremble')).toBeGreaterThan(2);
  });

  it('is gone while other values come', () => {
    const gone = healthy().for(80, { evaporator_temperature: -12 });
    expect(gone.get('thermometer_missing_minutes')).toBeCloseTo(80, 0);
    expect(healthy().get('thermometer_missing_minutes')).toBe(0);
  });

  it('is not gone where values are told when they change and it often stood for as long', () => {
    const others = (minute: number): Values => ({ evaporator_temperature: -12 - (minute % 5) });
    const changing = (fridge: Told): Told => fridge.for(50, others).for(1, { cabinet_temperature: 5 });
    const still = changing(changing(healthy()));
    expect(still.for(120, others).get('thermometer_missing_minutes')).toBe(0);
    expect(still.for(120, others).get('thermometer_missing_minutes')).toBeGreaterThan(230);
  });

  it('is not gone because the whole appliance was silent', () => {
    const others = { evaporator_temperature: -12 };
    const back = healthy().silentFor(180).for(10, others);
    expect(back.get('thermometer_missing_minutes')).toBeLessThan(15);
    expect(back.for(70, others).get('thermometer_missing_minutes')).toBeGreaterThan(70);
    // One that is heard once an hour has a gap before each message.
    expect(healthy().silentFor(60).for(300, others, 60).get('thermometer_missing_minutes')).toBeGreaterThan(180);
  });

  it('of an appliance that never had one, or is silent as a whole, is not known to be gone', () => {
    expect(new Told().for(80, { evaporator_temperature: -12 }).get('thermometer_missing_minutes')).toBeNaN();
    const silent = healthy();
    expect(silent.getAt('thermometer_missing_minutes', silent.at + 80 * MINUTE)).toBeNaN();
  });
});

describe('the freezer while nothing cools it', () => {
  const run = { compressor_on: true, freezer_temperature: -20, ambient_temperature: 21 };
  /** Half an hour each; it warms at rest by so many kelvins an hour. */
  const turn = (fridge: Told, kelvinPerHour: number, room = 21): Told =>
    fridge.for(30, { ...run, ambient_temperature: room }).for(30, (minute) => ({
      compressor_on: false,
      freezer_temperature: -20 + (kelvinPerHour * minute) / 60,
      ambient_temperature: room,
    }));

  it('warms by so much an hour, known after two rests', () => {
    const once = turn(new Told(), 2).says(run);
    expect(once.get('freezer_rise')).toBeNaN();
    expect(turn(once, 2).says(run).get('freezer_rise')).toBeCloseTo(2, 1);
  });

  it('is judged as in a usual room: a heat wave is no leak', () => {
    const hot = turn(turn(new Told(), 2, 41), 2, 41).says(run);
    expect(hot.get('freezer_rise')).toBeCloseTo((2 * 41) / 61, 1);
  });

  it('is not measured where messages were lost, until it is said again that nothing cools it', () => {
    const { compressor_on: _, ...others } = run;
    const rest = (minute: number): Values => ({ ...others, freezer_temperature: -20 + minute / 30 });
    const twice = (unheard: 'lostFor' | 'silentFor'): number => {
      const fridge = new Told();
      for (let i = 0; i < 2; i++)
        fridge
          .for(30, run)
          .says({ ...run, compressor_on: false })
          [unheard](2)
          .for(40, rest)
          .says(run);
      return fridge.get('freezer_rise');
    };
    expect(twice('lostFor')).toBeNaN();
    expect(twice('silentFor')).toBeCloseTo(2, 0);
  });

  it('is not looked at for two hours after a defrost', () => {
    const defrost = { ...run, compressor_on: false, defrost_on: true };
    const fridge = new Told().for(20, defrost).says({ ...run, defrost_on: false });
    expect(turn(turn(fridge, 9), 9).says(run).get('freezer_rise')).toBeNaN();
    expect(turn(turn(fridge, 2), 2).says(run).get('freezer_rise')).toBeCloseTo(2, 1);
  });
});
