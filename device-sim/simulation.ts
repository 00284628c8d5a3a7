// One refrigerator in its household through time: readings at its cadence, and a reading whenever the door moves.
import { ambientAt, DEFAULT_HABITS, type Habits, localDayStart, type Opening, usualOpenings } from './habits.ts';
import { DEFAULT_PARAMETERS, type Parameters } from './parameters.ts';
import { randomOf } from './random.ts';
import { calmInputs, type Inputs, type State, settled, step } from './refrigerator.ts';
import type { Controls } from './refrigerator-acts.ts';
import { type Episode, openScenario, type Scenario } from './scenario.ts';
import { meterRead, sense, type Values } from './sense.ts';
import { DAY, HOUR, SECOND } from './time.ts';

/** What the appliance measured at a moment, epoch ms. `stampedAt`: what its clock said, when that is wrong. */
export type Sample = { at: number; values: Values; stampedAt?: number };

export type SimulationOptions = {
  seed: number;
  /** First reading, epoch ms. */
  from: number;
  /** No reading at or after it; without it the simulation has no end. */
  until?: number;
  parameters?: Parameters;
  habits?: Habits;
  episodes?: readonly Episode[];
  /** Zero of the episodes' times, epoch ms; `from` when left out. */
  zero?: number;
  cadenceSeconds?: number;
  stepSeconds?: number;
  /** Signals that the appliance reports; all when left out. */
  signals?: readonly string[];
  /** May change while it goes on. */
  controls?: Controls;
};

const WARM_UP = 12 * HOUR;
// The room's air changes slowly; once a minute is enough.
const AMBIENT_EVERY = 60 * SECOND;

export function scenarioOf(options: SimulationOptions): Scenario {
  return openScenario({
    episodes: options.episodes ?? [],
    zero: options.zero ?? options.from,
    seed: options.seed,
  });
}

/** Whether the household holds the door open; asked with rising times. */
function doorWatch(seed: number, habits: Habits, scenario: Scenario): (at: number) => boolean {
  let dayEnd = Number.NEGATIVE_INFINITY;
  let openings: Opening[] = [];
  let next = 0;
  return (at) => {
    if (at >= dayEnd) {
      const dayStart = localDayStart(at, habits.utcOffsetHours);
      dayEnd = dayStart + DAY;
      openings = scenario.openings(dayStart, usualOpenings(seed, habits, dayStart)).sort((a, b) => a.from - b.from);
      next = 0;
    }
    while (next < openings.length && openings[next]!.until <= at) next += 1;
    return next < openings.length && openings[next]!.from <= at;
  };
}

function roomWatch(seed: number, habits: Habits): (at: number) => number {
  let known = Number.NEGATIVE_INFINITY;
  let ambient = 0;
  return (at) => {
    if (at - known >= AMBIENT_EVERY) {
      known = at;
      ambient = ambientAt(seed, habits, at);
    }
    return ambient;
  };
}

/** What surrounds the refrigerator from `at` on; asked with rising times. */
function surroundings(options: SimulationOptions, parameters: Parameters): (at: number, stepMs: number) => Inputs {
  const habits = options.habits ?? DEFAULT_HABITS;
  const scenario = scenarioOf(options);
  const door = doorWatch(options.seed, habits, scenario);
  const room = roomWatch(options.seed, habits);
  const calm = calmInputs(parameters, habits.ambient);
  const inputs = { ...calm };
  return (at, stepMs) => {
    Object.assign(inputs, calm);
    inputs.setPoint = options.controls?.setPoint ?? inputs.setPoint;
    inputs.ambient = room(at);
    inputs.doorOpen = door(at);
    scenario.change(inputs, at, stepMs);
    return inputs;
  };
}

/** What the machine meets inside itself at a time. */
export function insideAt(options: SimulationOptions, at: number): Inputs {
  const inputs = calmInputs(options.parameters ?? DEFAULT_PARAMETERS, (options.habits ?? DEFAULT_HABITS).ambient);
  scenarioOf(options).change(inputs, at, 0);
  return inputs;
}

function pickSignals(values: Values, signals: readonly string[] | undefined): Values {
  if (!signals) return values;
  return Object.fromEntries(Object.entries(values).filter(([signal]) => signals.includes(signal)));
}

function firstState(parameters: Parameters, seed: number, ambient: number): State {
  const random = randomOf(seed, 'first state');
  return {
    ...settled(parameters, ambient),
    joules: random.between(0, 3e9),
    runSecondsSinceDefrost: random.share() * parameters.defrostEveryRunSeconds,
  };
}

/**
 * Readings by time. Deterministic: the same options give the same readings, and a later `until` only adds to them.
 * Without mains nothing is read. The household has been living for half a day before `from`.
 */
export function* simulateRefrigerator(options: SimulationOptions): Generator<Sample, void, void> {
  const parameters = options.parameters ?? DEFAULT_PARAMETERS;
  const cadenceMs = (options.cadenceSeconds ?? 60) * SECOND;
  const stepSeconds = options.stepSeconds ?? 5;
  const stepMs = stepSeconds * SECOND;
  const until = options.until ?? Number.POSITIVE_INFINITY;
  const around = surroundings(options, parameters);
  const noise = randomOf(options.seed, 'noise');
  const stamp = (): { stampedAt?: number } =>
    inputs.clockErrorMs === 0 ? {} : { stampedAt: at + inputs.clockErrorMs };
  const reportsDoor = !options.signals || options.signals.includes('door_open');

  let at = options.from - Math.ceil(WARM_UP / stepMs) * stepMs;
  let inputs = around(at, stepMs);
  let state = firstState(parameters, options.seed, inputs.ambient);
  let dueAt = options.from;
  for (; at < until; at += stepMs) {
    inputs = around(at, stepMs);
    const doorMoved = inputs.doorOpen !== state.doorOpen;
    if (at >= options.from && inputs.mainsOn) {
      if (at >= dueAt) {
        const now = { ...state, doorOpen: inputs.doorOpen };
        yield { at, values: pickSignals(sense(parameters, now, inputs, noise), options.signals), ...stamp() };
        state = meterRead(state);
      } else if (doorMoved && reportsDoor) {
        yield { at, values: { door_open: inputs.doorOpen }, ...stamp() };
      }
    }
    while (dueAt <= at) dueAt += cadenceMs;
    state = step(parameters, state, inputs, stepSeconds);
  }
}
