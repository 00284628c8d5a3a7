// What is known beside the readings: power cuts, what people report, makers' alarms and codes, rests, clocks.
import { describe, expect, it } from 'vitest';
import { FaultCode } from '#contracts';
import { DAY, HOUR, MINUTE } from '#runtime';
import { noteReport, noteRest } from '../../diagnosis-rules/around.ts';
import { noteRestart } from '../../diagnosis-rules/power-cut.ts';
import { noteOutOfRange } from '../../diagnosis-rules/thermometer.ts';
import { MIDNIGHT, Told } from './moments.ts';

const COLD = { cabinet_temperature: 5, freezer_temperature: -18 };

describe('without power', () => {
  const back = (silentMinutes: number, values: object, restarted = false): number => {
    const fridge = new Told().for(60, COLD).silentFor(silentMinutes);
    if (restarted) noteRestart(fridge.m, fridge.at);
    return fridge.for(10, { ...COLD, ...values }).get('off_hours');
  };
  it.each<[string, number, object, boolean, number]>([
    ['it came back warmer', 120, { cabinet_temperature: 10 }, false, 2],
    ['its freezer came back warmer', 120, { freezer_temperature: -13 }, false, 2],
    ['it started anew', 60, {}, true, 1],
    ['it started anew after hours, and is warmer', 600, { cabinet_temperature: 14 }, true, 10],
    ['a buffer was emptied later, and it is as cold as it was', 120, {}, false, 0],
    ['the swing of its thermostat', 120, { cabinet_temperature: 7.5 }, false, 0],
    ['its electronics started anew after hours in which it stayed cold', 600, {}, true, 0],
    ['a few minutes of silence', 10, { cabinet_temperature: 10 }, false, 0],
  ])('%s (silent for %i min, then %j)', (_, silentMinutes, values, restarted, hours) => {
    expect(back(silentMinutes, values, restarted)).toBeCloseTo(hours, 1);
  });

  it('is not known of one without a thermometer, unless it started anew', () => {
    const blind = (restarted: boolean): number => {
      const fridge = new Told().for(60, { power: 60 }).silentFor(120);
      if (restarted) noteRestart(fridge.m, fridge.at);
      return fridge.for(10, { power: 60 }).get('off_hours');
    };
    expect(blind(false)).toBeNaN();
    expect(blind(true)).toBeCloseTo(2, 1);
    expect(new Told().for(200, { power: 60 }).get('off_hours')).toBe(0);
  });

  it('shows soon after its return, not only at the first word', () => {
    const fridge = new Told().for(60, COLD).silentFor(120).for(5, COLD);
    expect(fridge.get('off_hours')).toBe(0);
    fridge.for(10, { ...COLD, cabinet_temperature: 10 });
    expect(fridge.get('off_hours')).toBeCloseTo(2, 1);
  });

  it('does not show in what somebody let in who opened the door after its return', () => {
    const shut = { ...COLD, door_open: false };
    const fridge = new Told().for(60, shut).silentFor(120).for(5, shut);
    fridge.for(3, { ...COLD, door_open: true, cabinet_temperature: 11 }).for(10, { ...shut, cabinet_temperature: 10 });
    expect(fridge.get('off_hours')).toBe(0);
  });

  it('is over when it has long been back', () => {
    const fridge = new Told()
      .for(60, COLD)
      .silentFor(120)
      .for(10, { ...COLD, cabinet_temperature: 10 });
    expect(fridge.getAt('off_hours', fridge.at + 13 * HOUR)).toBe(0);
  });
});

describe('what people say', () => {
  const fridge = (): Told => new Told().for(5, COLD);
  const at = MIDNIGHT + HOUR;

  it('holds for three days, then says no, and in the end nothing', () => {
    const told = fridge();
    noteReport(told.m, 'not-cold', at);
    const said = (later: number) => told.getAt('reported_not_cold', at + later);
    expect([0, 2.9 * DAY, 3.1 * DAY, 5.9 * DAY].map(said)).toEqual([1, 1, 0, 0]);
    expect(said(6.1 * DAY)).toBeNaN();
  });

  it('is taken back by "works fine", and may be said again', () => {
    const told = fridge();
    noteReport(told.m, 'not-cold', at);
    noteReport(told.m, 'works-fine', at + HOUR);
    expect(told.getAt('reported_not_cold', at + 2 * HOUR)).toBe(0);
    noteReport(told.m, 'not-cold', at + 3 * HOUR);
    expect(told.getAt('reported_not_cold', at + 4 * HOUR)).toBe(1);
  });

  it('of one thing says nothing of another, and what is not understood says nothing', () => {
    const told = fridge();
    noteReport(told.m, 'noise', at);
    noteReport(told.m, 'plays-music', at);
    expect(told.getAt('reported_noise', at)).toBe(1);
    for (const other of ['reported_not_cold', 'reported_frost', 'reported_burnt_smell'])
      expect(told.getAt(other, at)).toBeNaN();
  });
});

describe("a maker's alarm", () => {
  it('is believed for a day after it was last said', () => {
    const fridge = new Told().says({ door_alarm: true, ...COLD });
    for (let hour = 0; hour < 30; hour++) fridge.for(60, COLD, 10);
    expect(fridge.getAt('door_alarm', MIDNIGHT + 23 * HOUR)).toBe(1);
    expect(fridge.get('door_alarm')).toBeNaN();
  });

  it('says nothing while the appliance is silent', () => {
    const fridge = new Told().says({ door_alarm: true });
    expect(fridge.getAt('door_alarm', fridge.at + 10 * MINUTE)).toBe(1);
    expect(fridge.getAt('door_alarm', fridge.at + 20 * MINUTE)).toBeNaN();
  });
});

describe("a maker's code", () => {
  const CODES: Readonly<Record<string, FaultCode>> = { E5: 'defrost', dH: 'door-open' };
  const fridge = () => new Told(MIDNIGHT, { codeOf: (code) => CODES[code] ?? null });
  const known = (told: Told): [string, number][] =>
    FaultCode.options.map((code) => [code, told.get(`code_${code.replaceAll('-', '_')}`)]);

  it.each([
    ['E5', 'defrost'],
    ['dH', 'door-open'],
    ['0', null],
    ['', null],
  ])('"%s" means %s, and nothing else', (code, meaning) => {
    const told = fridge().says({ fault_code: code });
    for (const [name, value] of known(told)) expect([name, value]).toEqual([name, name === meaning ? 1 : 0]);
  });

  it('that nobody can read says neither yes nor no of any', () => {
    for (const [, value] of known(fridge().says({ fault_code: 'X9' }))) expect(value).toBeNaN();
  });

  it('that was never sent is not known to be absent', () => {
    for (const [, value] of known(fridge().for(60, COLD))) expect(value).toBeNaN();
  });
});

describe('an appliance that rests', () => {
  it('is not silent until it should be back', () => {
    const fridge = new Told().for(5, COLD);
    const silentMs = 30 * HOUR;
    const at = fridge.at + silentMs;
    expect(fridge.getAt('silent_hours', at, silentMs)).toBe(30);
    noteRest(fridge.m, at + HOUR);
    expect(fridge.getAt('silent_hours', at, silentMs)).toBe(0);
    expect(fridge.getAt('silent_hours', at + 2 * HOUR, silentMs)).toBe(30);
    noteRest(fridge.m, null);
    expect(fridge.getAt('silent_hours', at, silentMs)).toBe(30);
  });
});

describe('values that no fridge can have', () => {
  it('are counted while they are news', () => {
    const fridge = new Told().for(5, COLD);
    expect(fridge.get('thermometer_out_of_range')).toBe(0);
    for (let minute = 0; minute < 10; minute++) noteOutOfRange(fridge.m, fridge.at + minute * MINUTE);
    expect(fridge.getAt('thermometer_out_of_range', fridge.at + 10 * MINUTE)).toBeGreaterThan(8);
    expect(fridge.getAt('thermometer_out_of_range', fridge.at + 6 * HOUR)).toBeLessThan(0.1);
  });

  it('say something also of a thermometer that never gave another', () => {
    const fridge = new Told().for(5, { power: 90 });
    expect(fridge.get('thermometer_out_of_range')).toBeNaN();
    noteOutOfRange(fridge.m, fridge.at);
    expect(fridge.getAt('thermometer_out_of_range', fridge.at)).toBe(1);
  });
});
