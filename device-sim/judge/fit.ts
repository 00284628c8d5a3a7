// The fleet that judges: no unit is sold that does not cool. A drawn unit is trimmed to its set point as a maker would do
// it, then tried in a mild and in a very hot room, and redrawn when it cannot hold.
import type { Random } from '../random.ts';
import { calmInputs, type Inputs } from '../refrigerator.ts';
import { advanceBoard } from './board.ts';
import { advanceHeat, type Body, DEFROST_HEAT_INTO_FREEZER, newBody } from './body.ts';
import { drawNumbers, type Structure, type Unit } from './unit.ts';

const TRIAL_STEP_SECONDS = 20;
const DAY_SECONDS = 86_400;
const MILD = 23;
const HOTTEST = 38;
// No maker sells a refrigerator whose food spoils in summer.
const HOTTEST_CABINET = 6.3;
const TRIM_ROUNDS = 6;

export const calm = (u: Unit, ambient: number): Inputs => calmInputs(u, ambient);

type Trial = { air: number; food: number; freezer: number; duty: number; watts: number };

/** Means of the second of two calm days in a room. */
export function tryOut(u: Unit, ambient: number, body: Body = newBody(u)): Trial {
  const x = calm(u, ambient);
  const sum = { air: 0, food: 0, freezer: 0, duty: 0, watts: 0 };
  const steps = DAY_SECONDS / TRIAL_STEP_SECONDS;
  for (let i = -steps; i < steps; i++) {
    advanceBoard(u, body, x, TRIAL_STEP_SECONDS);
    advanceHeat(u, body, x, TRIAL_STEP_SECONDS);
    if (i < 0) continue;
    sum.air += body.air / steps;
    sum.food += body.food / steps;
    sum.freezer += body.freezer / steps;
    if (body.phase === 'running') sum.duty += 1 / steps;
    sum.watts += body.watts / steps;
  }
  return sum;
}

function trim(u: Unit): void {
  for (let round = 0; round < TRIM_ROUNDS; round++) {
    const off = tryOut(u, MILD).air - u.setPoint;
    if (Math.abs(off) < 0.15) return;
    u.trim += u.thermostat === 'evaporator' ? 2.5 * off : off;
  }
}

const within = (value: number, low: number, high: number): boolean => value >= low && value <= high;

function cools(u: Unit): boolean {
  const mild = tryOut(u, MILD);
  // A variable compressor runs long and slowly.
  const most = u.compressor === 'variable' ? 0.9 : 0.45;
  if (!within(mild.duty, 0.12, most) || Math.abs(mild.air - u.setPoint) > 0.5) return false;
  const hot = tryOut(u, HOTTEST);
  if (hot.duty > 0.9 || Math.abs(hot.air - u.setPoint) > 1.5 || hot.air > HOTTEST_CABINET) return false;
  return u.freezer === 'none' || (mild.freezer < u.freezerSetPoint + 3 && hot.freezer < u.freezerSetPoint + 5);
}

const plausible = (u: Unit): boolean =>
  within(u.compressorWatts, 60, 125) &&
  within((u.airCapacity + u.foodCapacity + u.evaporatorCapacity) / u.cabinetLoss / 3600, 4, 20) &&
  u.evaporatorExchange * 25 > u.coolingPower;

// What a defrost must melt, with a compressor that runs a quarter of the time, in at most half the time it may take.
function defrosts(u: Unit): boolean {
  if (u.defrost === 'cycle') return true;
  const days = u.defrostEverySeconds / DAY_SECONDS / 0.25;
  const intoCoil = u.defrostWatts * (u.freezer === 'none' ? 1 : 1 - DEFROST_HEAT_INTO_FREEZER);
  return u.frostPerDay * days * u.frostMelt < intoCoil * u.defrostMaximumSeconds * 0.5;
}

/** A unit of this structure that cools. */
export function drawUnit(random: Random, structure: Structure): Unit {
  for (;;) {
    const u = drawNumbers(random, structure);
    if (!plausible(u) || !defrosts(u)) continue;
    trim(u);
    if (cools(u)) return u;
  }
}
