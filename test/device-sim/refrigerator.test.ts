// The refrigerator behaves as real ones do. Figures are published facts, or measurements of metered household units.
import { describe, expect, it } from 'vitest';
import { DEFAULT_PARAMETERS, drawParameters, randomOf, simulateRefrigerator } from '#device-sim';
import { calmInputs, type State, settled, step } from '../../device-sim/refrigerator.ts';
import { DAY, fiveDays, HOUR, longSince, MINUTE, readings, START, summary } from './days.ts';

const healthy = fiveDays();

describe('a healthy refrigerator', () => {
  it('holds its mean near the set point and stays below 12 °C in daily use', () => {
    expect(Math.abs(healthy.cabinet - DEFAULT_PARAMETERS.setPoint)).toBeLessThan(1);
    expect(healthy.hottest).toBeLessThan(12);
  });

  it('stays within two kelvin of its thermostat band nearly always', () => {
    const rows = readings({ until: START + 5 * DAY });
    const reach = DEFAULT_PARAMETERS.halfBand + 2;
    const outside = rows.filter(({ cabinet }) => Math.abs(cabinet - DEFAULT_PARAMETERS.setPoint) > reach);
    expect(outside.length / rows.length).toBeLessThan(0.03);
  });

  it('runs 15 to 45 % of the time, 12 to 37 minutes on and 15 to 67 off, as metered ones do', () => {
    expect(healthy.duty).toBeGreaterThan(0.15);
    expect(healthy.duty).toBeLessThan(0.45);
    const rows = readings({ until: START + 5 * DAY });
    const runs: { on: boolean; minutes: number }[] = [];
    for (const { on } of rows) {
      const last = runs.at(-1);
      if (last?.on === on) last.minutes += 1;
      else runs.push({ on, minutes: 1 });
    }
    const median = (on: boolean) => {
      const sorted = runs
        .slice(1, -1)
        .filter((run) => run.on === on)
        .map(({ minutes }) => minutes)
        .sort((a, b) => a - b);
      return sorted[Math.floor(sorted.length / 2)]!;
    };
    expect(median(true)).toBeGreaterThanOrEqual(12);
    expect(median(true)).toBeLessThanOrEqual(37);
    expect(median(false)).toBeGreaterThanOrEqual(15);
    expect(median(false)).toBeLessThanOrEqual(67);
  });

  it('draws 71 to 112 W while on and two to four times that in the first minute of a run', () => {
    expect(healthy.powerOn).toBeGreaterThan(71);
    expect(healthy.powerOn).toBeLessThan(112);
    const peak = Math.max(...readings({ until: START + 2 * DAY }).map(({ power }) => power));
    expect(peak / DEFAULT_PARAMETERS.compressorWatts).toBeGreaterThan(2);
    expect(peak / DEFAULT_PARAMETERS.compressorWatts).toBeLessThan(4);
  });

  it('keeps its freezer near -18 °C, defrosts included', () => {
    const rows = readings({ until: START + 5 * DAY });
    const freezer = rows.map(({ values }) => Number(values.freezer_temperature));
    expect(freezer.filter((t) => t > -15).length).toBe(0);
    expect(freezer.reduce((sum, t) => sum + t, 0) / freezer.length).toBeLessThan(-17);
  });

  it('counts energy as the integral of its power', () => {
    const rows = readings({ until: START + DAY });
    const wattHours = rows.slice(1).reduce((sum, { power }) => sum + power / 60, 0);
    const counted = Number(rows.at(-1)!.values.energy) - Number(rows[0]!.values.energy);
    expect(Math.abs(counted - wattHours) / wattHours).toBeLessThan(0.02);
  });

  it('lives thirty days in a moment', { timeout: 10_000 }, () => {
    let count = 0;
    for (const { values } of simulateRefrigerator({ seed: 1, from: START, until: START + 30 * DAY })) {
      if (values.power !== undefined) count += 1;
    }
    expect(count).toBe(30 * 24 * 60);
  });
});

describe('the door left open for 45 minutes', () => {
  it('brings the air above 15 °C and the food above 5 °C, with the compressor running all the while', () => {
    const inputs = { ...calmInputs(DEFAULT_PARAMETERS, 25), doorOpen: true };
    let state = settled(DEFAULT_PARAMETERS, 25);
    for (let minute = 0; minute < 45; minute++) state = step(DEFAULT_PARAMETERS, state, inputs, 60);
    expect(state.air).toBeGreaterThan(15);
    expect(state.food).toBeGreaterThan(5);
    expect(state.phase).toBe('running');
  });

  it('warms the cabinet by 0.2 to 1 K a minute at first and cools down again after it is closed', () => {
    const episodes = [{ what: 'door-left-open', fromMs: HOUR, untilMs: HOUR + 45 * MINUTE } as const];
    const rows = readings({ until: START + 6 * HOUR, episodes });
    const minute = (m: number) => rows.find(({ at }) => at === START + m * MINUTE)!;
    const rate = (minute(70).cabinet - minute(60).cabinet) / 10;
    expect(rate).toBeGreaterThan(0.2);
    expect(rate).toBeLessThan(1.2);
    expect(minute(90).values.door_open).toBe(true);
    expect(minute(106).values.door_open).toBe(false);
    expect(rows.filter(({ at }) => at > START + 3 * HOUR).every(({ cabinet }) => cabinet < 10)).toBe(true);
  });
});

describe('drifting faults carry the signs that tell them apart (duty, power while on, gap)', () => {
  it('leak: runs more, draws less, smaller gap', () => {
    const leak = fiveDays(longSince('refrigerant-leak', 0.67));
    expect(leak.duty).toBeGreaterThan(healthy.duty * 1.3);
    expect(leak.powerOn).toBeLessThan(healthy.powerOn * 0.9);
    expect(leak.gap).toBeLessThan(healthy.gap * 0.9);
  });

  it('dirty condenser: runs more, draws more, smaller gap', () => {
    const dirty = fiveDays(longSince('condenser-dirty', 0.75));
    expect(dirty.duty).toBeGreaterThan(healthy.duty * 1.15);
    expect(dirty.powerOn).toBeGreaterThan(healthy.powerOn * 1.1);
    expect(dirty.gap).toBeLessThan(healthy.gap * 0.95);
  });

  it('frost: the gap grows day by day, power hardly changes', () => {
    const days = [1, 3].map((day) =>
      summary(
        readings({ until: START + 4 * DAY, episodes: [{ what: 'evaporator-frosted', fromMs: 0 }] }).filter(
          ({ at }) => at >= START + day * DAY && at < START + (day + 1) * DAY,
        ),
      ),
    );
    expect(days[0]!.gap).toBeGreaterThan(healthy.gap);
    expect(days[1]!.gap).toBeGreaterThan(days[0]!.gap * 1.15);
    expect(Math.abs(days[1]!.powerOn / healthy.powerOn - 1)).toBeLessThan(0.06);
  });

  it('evaporator fan: the gap jumps at once and its speed is zero', () => {
    const rows = readings({ until: START + 2 * DAY, episodes: [{ what: 'evaporator-fan', fromMs: DAY }] });
    const before = summary(rows.filter(({ at }) => at < START + DAY));
    const after = rows.filter(({ at }) => at >= START + DAY);
    expect(summary(after).gap).toBeGreaterThan(before.gap * 1.5);
    expect(after.every(({ values }) => values.fan_speed === 0)).toBe(true);
  });

  it('door ajar and worn seal: runs more, power unchanged', () => {
    for (const what of ['door-ajar', 'seal-worn'] as const) {
      const leaking = fiveDays(longSince(what));
      expect(leaking.duty).toBeGreaterThan(healthy.duty * 1.15);
      expect(Math.abs(leaking.powerOn / healthy.powerOn - 1)).toBeLessThan(0.05);
    }
  });

  it('hot room: runs more, power unchanged', () => {
    const hot = summary(
      readings({
        until: START + 3 * DAY,
        habits: { openingsPerDay: 24, utcOffsetHours: 8, ambient: 32, seasonSwing: 0, daySwing: 1, weatherSwing: 0 },
      }),
    );
    expect(hot.duty).toBeGreaterThan(healthy.duty * 1.3);
    expect(Math.abs(hot.powerOn / healthy.powerOn - 1)).toBeLessThan(0.05);
  });

  it('sensor that reads 3 K low: runs less and keeps the food warmer than it says', () => {
    const low = fiveDays(longSince('sensor-offset'));
    expect(low.duty).toBeLessThan(healthy.duty);
    expect(Math.abs(low.cabinet - healthy.cabinet)).toBeLessThan(0.6);
  });
});

describe('cooling that fails', () => {
  it('compressor that does not start: spikes of power every few minutes, no running, and the cabinet warms for hours', () => {
    const rows = readings({ until: START + 8 * HOUR, episodes: [{ what: 'compressor-start', fromMs: 0 }] });
    const later = rows.filter(({ at }) => at > START + HOUR);
    expect(later.some(({ on }) => on)).toBe(false);
    const spikes = later.filter(({ power }) => power > 20).length;
    const minutes = later.length;
    expect(minutes / spikes).toBeGreaterThan(3);
    expect(minutes / spikes).toBeLessThan(11);
    expect(rows.at(-1)!.cabinet).toBeGreaterThan(12);
  });

  it('broken line: the compressor runs all the time but for defrosts, the gap is gone and the cabinet passes 8 °C within four hours', () => {
    const rows = readings({ until: START + 8 * HOUR, episodes: [{ what: 'cooling-failing', fromMs: 0 }] });
    const later = rows.filter(({ at }) => at > START + 4 * HOUR);
    expect(summary(later).duty).toBeGreaterThan(0.9);
    expect(summary(later).gap).toBeLessThan(1);
    expect(later.every(({ cabinet }) => cabinet > 8)).toBe(true);
  });
});

describe('without mains', () => {
  it('warms along an exponential whose time constant is 4 to 20 hours, and is silent', () => {
    const inputs = { ...calmInputs(DEFAULT_PARAMETERS, 22), mainsOn: false };
    let state = settled(DEFAULT_PARAMETERS, 22);
    const logs: number[] = [];
    for (let hour = 0; hour <= 10; hour++) {
      logs.push(Math.log(22 - state.air));
      state = step(DEFAULT_PARAMETERS, state, inputs, 3600);
    }
    const slopes = [2, 4, 6, 8].map((hour) => (logs[hour]! - logs[hour + 2]!) / 2);
    for (const slope of slopes) {
      expect(1 / slope).toBeGreaterThan(4);
      expect(1 / slope).toBeLessThan(20);
      expect(Math.abs(slope / slopes[0]! - 1)).toBeLessThan(0.1);
    }
    expect(state.watts).toBe(0);
    const episodes = [{ what: 'power-cut', fromMs: HOUR, untilMs: 4 * HOUR } as const];
    const all = [...simulateRefrigerator({ seed: 1, from: START, until: START + 6 * HOUR, episodes })];
    expect(all.filter(({ at }) => at >= START + HOUR && at < START + 4 * HOUR)).toEqual([]);
    const back = all.find(({ at }) => at >= START + 4 * HOUR)!;
    expect(Number(back.values.cabinet_temperature)).toBeGreaterThan(7);
  });
});

describe('the numbers', () => {
  const run = (stepSeconds: number, doorOpen: boolean, mainsOn: boolean): State => {
    const inputs = { ...calmInputs(DEFAULT_PARAMETERS, 25), doorOpen, mainsOn };
    let state = settled(DEFAULT_PARAMETERS, 25);
    for (let s = 0; s < 45 * 60; s += stepSeconds) state = step(DEFAULT_PARAMETERS, state, inputs, stepSeconds);
    return state;
  };

  it('half the step changes no temperature by 0.2 K', () => {
    for (const [door, mains] of [
      [true, true],
      [true, false],
      [false, false],
    ] as const) {
      const [whole, half] = [run(5, door, mains), run(2.5, door, mains)];
      for (const node of ['air', 'food', 'evaporator', 'freezer', 'sensor'] as const) {
        expect(Math.abs(whole[node] - half[node]), `${node}, door ${door}, mains ${mains}`).toBeLessThan(0.2);
      }
    }
  });

  it('half the step changes neither duty nor mean temperature nor energy of a day noticeably', () => {
    const [whole, half] = [5, 2.5].map((stepSeconds) => {
      const rows = readings({ until: START + 5 * DAY, stepSeconds });
      return { ...summary(rows), energy: Number(rows.at(-1)!.values.energy) - Number(rows[0]!.values.energy) };
    });
    expect(Math.abs(whole!.duty - half!.duty)).toBeLessThan(0.01);
    expect(Math.abs(whole!.cabinet - half!.cabinet)).toBeLessThan(0.1);
    expect(Math.abs(whole!.energy / half!.energy - 1)).toBeLessThan(0.02);
  });

  it('heat is conserved: a cabinet without machine and without room settles at the mean of its parts', () => {
    const insulated = { ...DEFAULT_PARAMETERS, cabinetLoss: 0, freezerLoss: 0 };
    const inputs = { ...calmInputs(insulated, 25), mainsOn: false };
    const start = { ...settled(insulated, 25), air: 20, food: 4, evaporator: -15 };
    const heat = (state: State) =>
      state.air * insulated.airCapacity +
      state.food * insulated.foodCapacity +
      state.evaporator * insulated.evaporatorCapacity;
    const end = step(insulated, start, inputs, 24 * 3600);
    expect(Math.abs(heat(end) - heat(start)) / Math.abs(heat(start))).toBeLessThan(1e-9);
    expect(Math.abs(end.air - end.food)).toBeLessThan(0.01);
  });

  it('a step changes nothing it was given', () => {
    const state = settled(DEFAULT_PARAMETERS, 22);
    const before = structuredClone(state);
    step(DEFAULT_PARAMETERS, state, { ...calmInputs(DEFAULT_PARAMETERS, 22), doorOpen: true }, 600);
    expect(state).toEqual(before);
  });
});

describe('drawn units', () => {
  it('all hold their set point in a room of 22 °C when healthy', () => {
    for (let unit = 0; unit < 25; unit++) {
      const parameters = drawParameters(randomOf('units', unit));
      const { cabinet, duty } = summary(readings({ seed: unit, until: START + 2 * DAY, parameters }));
      expect(Math.abs(cabinet - parameters.setPoint), `unit ${unit}`).toBeLessThan(1.5);
      expect(duty, `unit ${unit}`).toBeGreaterThan(0.1);
      expect(duty, `unit ${unit}`).toBeLessThan(0.6);
    }
  });

  it('are the same for the same seed and differ for another', () => {
    expect(drawParameters(randomOf(1))).toEqual(drawParameters(randomOf(1)));
    expect(drawParameters(randomOf(1))).not.toEqual(drawParameters(randomOf(2)));
  });
});
