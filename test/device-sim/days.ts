// Simulated days summed up as an engineer would: duty, power while on, gap between cabinet and evaporator.
import { DEFAULT_HABITS, type Episode, type SimulationOptions, simulateRefrigerator } from '#device-sim';

export const MINUTE = 60_000;
export const HOUR = 60 * MINUTE;
export const DAY = 24 * HOUR;
export const START = Date.UTC(2026, 4, 4);

/** A room of 22 °C that hardly changes, so that only the fault differs. */
export const SAME_ROOM = { ...DEFAULT_HABITS, seasonSwing: 0, daySwing: 0.5, weatherSwing: 0 };

export type Reading = {
  at: number;
  cabinet: number;
  power: number;
  on: boolean;
  gap: number;
  values: Record<string, unknown>;
};

export function readings(options: Partial<SimulationOptions> & { until: number }): Reading[] {
  const all = simulateRefrigerator({ seed: 5, from: START, habits: SAME_ROOM, ...options });
  return [...all]
    .filter(({ values }) => values.cabinet_temperature !== undefined)
    .map(({ at, values }) => ({
      at,
      cabinet: Number(values.cabinet_temperature),
      power: Number(values.power),
      on: values.compressor_on === true,
      gap: Number(values.cabinet_temperature) - Number(values.evaporator_temperature),
      values,
    }));
}

const mean = (numbers: readonly number[]): number => numbers.reduce((sum, n) => sum + n, 0) / numbers.length;

export function summary(rows: readonly Reading[]) {
  // The first minute of a run carries the surplus of the start and an evaporator that is still warm.
  const running = rows.filter((row, i) => row.on && rows[i - 1]?.on);
  return {
    duty: mean(rows.map(({ on }) => (on ? 1 : 0))),
    powerOn: mean(running.map(({ power }) => power)),
    gap: mean(running.map(({ gap }) => gap)),
    cabinet: mean(rows.map(({ cabinet }) => cabinet)),
    hottest: Math.max(...rows.map(({ cabinet }) => cabinet)),
  };
}

/** Five days, with a fault at the strength it has long had. */
export function fiveDays(...episodes: Episode[]) {
  return summary(readings({ until: START + 5 * DAY, episodes }));
}

export const longSince = (what: Episode['what'], strength = 1): Episode => ({
  what,
  fromMs: -10 * DAY,
  untilMs: 100 * DAY,
  growMs: 0,
  strength,
});
