// The fleet that judges: what is true while a life is told, and no appliance knows.
import type { Inputs } from '../refrigerator.ts';
import type { Body } from './body.ts';

/** Food was in danger: its true temperature passed 8 °C at `from`, epoch ms, and fell below 7.5 °C at `until`. */
export type Danger = { from: number; until: number | null; highest: number };

/** Learns what was true while a life is told. */
export type Witness = {
  dangers: Danger[];
  /** Every simulated minute, epoch ms at its end. What it is given changes afterwards. */
  minute?(at: number, body: Readonly<Body>, inputs: Readonly<Inputs>): void;
};

export const DANGER_CELSIUS = 8;
const DANGER_OVER_CELSIUS = 7.5;

export function witnessDanger(witness: Witness, at: number, celsius: number): void {
  const last = witness.dangers.at(-1);
  if (!last || last.until !== null) {
    if (celsius > DANGER_CELSIUS) witness.dangers.push({ from: at, until: null, highest: celsius });
    return;
  }
  last.highest = Math.max(last.highest, celsius);
  if (celsius < DANGER_OVER_CELSIUS) last.until = at;
}
