// Givens for the fleet that judges: one of its units in a calm life of its own, summed up as an engineer would.
import {
  drawJudgeFleet,
  type Episode,
  type JudgeFleetOptions,
  type JudgeMember,
  type LifeOptions,
  type Structure,
  type Told,
  tellLife,
  type Witness,
} from '#device-sim';
import { DAY } from './days.ts';

export const FAULTLESS: JudgeFleetOptions['telling'] = {
  profile: 'full',
  cadence: 60,
  lossShare: 0,
  duplicateShare: 0,
  delayShare: 0,
  jitterMs: 0,
  skewMs: 0,
  batchMs: 0,
  keeps: true,
};

export const COMMON: Partial<Structure> = {
  defrost: 'timer',
  compressor: 'single',
  thermostat: 'air',
  freezer: 'same-circuit',
  running: 'actual',
  ambientSensor: 'room',
  doorSwitch: true,
  voltmeter: true,
};

/** Units of the common structure, without any episode. */
export function calmUnits(options: Partial<JudgeFleetOptions> = {}): JudgeMember[] {
  return drawJudgeFleet({
    seed: 3,
    count: 4,
    days: 12,
    faults: 'none',
    lookAlikesPerMonth: 0,
    telling: FAULTLESS,
    structure: COMMON,
    ...options,
  });
}

/** The same life with something happening in it. */
export const withEpisodes = <M extends LifeOptions>(member: M, ...episodes: Episode[]): M => ({ ...member, episodes });

export type Lived = {
  duty: number;
  /** W while running, starts aside; K between air and evaporator meanwhile. */
  powerOn: number;
  gap: number;
  air: number;
  freezer: number;
  frost: number;
  joules: number;
  highestWatts: number;
};

/** Means between two times of a life, ms from its first reading. */
export function lived(life: LifeOptions, fromMs: number, untilMs: number, stepSeconds?: number): Lived {
  const sum = { minutes: 0, running: 0, steady: 0, watts: 0, gap: 0, air: 0, freezer: 0, frost: 0 };
  let [first, last, highestWatts] = [Number.NaN, 0, 0];
  const witness: Witness = {
    dangers: [],
    minute(at, body) {
      if (at <= life.from + fromMs || at > life.from + untilMs) return;
      if (Number.isNaN(first)) first = body.joules;
      last = body.joules;
      sum.minutes += 1;
      sum.air += body.air;
      sum.freezer += body.freezer;
      sum.frost += body.frost;
      highestWatts = Math.max(highestWatts, body.watts);
      if (body.phase !== 'running') return;
      sum.running += 1;
      if (body.phaseSeconds < 180) return;
      sum.steady += 1;
      sum.watts += body.watts;
      sum.gap += body.air - body.evaporator;
    },
  };
  for (const told of tellLife(life, { witness, ...(stepSeconds ? { stepSeconds } : {}) })) void told;
  return {
    duty: sum.running / sum.minutes,
    powerOn: sum.watts / sum.steady,
    gap: sum.gap / sum.steady,
    air: sum.air / sum.minutes,
    freezer: sum.freezer / sum.minutes,
    frost: sum.frost / sum.minutes,
    joules: last - first,
    highestWatts,
  };
}

export const ONSET = 4 * DAY;
/** Days four to twelve with a fault that is fully there from day four on, against the same days without. */
export function beforeAndWith(
  member: JudgeMember,
  what: Episode['what'],
  strength = 1,
): { healthy: Lived; ill: Lived } {
  const episode: Episode = { what, fromMs: ONSET, untilMs: 20 * DAY, growMs: 0, strength };
  const [from, until] = [ONSET + 2 * DAY, 12 * DAY];
  return { healthy: lived(member, from, until), ill: lived(withEpisodes(member, episode), from, until) };
}

export const tell = (life: LifeOptions): Told[] => [...tellLife(life)];

/** What was said of one signal, by stamp. */
export function saidOf(told: readonly Told[], signal: string): { at: number; value: unknown }[] {
  return told
    .flatMap(({ payload }) => payload.readings)
    .filter(({ values }) => signal in values)
    .map(({ at, values }) => ({ at: at!, value: values[signal] }));
}
