// Givens for the parts of diagnosis: what one refrigerator measured, moment by moment, taken into an empty memory.
import type { Moment, SignalValue } from '#contracts';
import { MINUTE } from '#runtime';
import { FEATURES } from '../../diagnosis-rules/features.ts';
import { noteLoss } from '../../diagnosis-rules/losses.ts';
import { emptyMemory, type Memory } from '../../diagnosis-rules/memory.ts';
import { remember, type Surroundings } from '../../diagnosis-rules/remember.ts';
import { NEWEST } from '../../diagnosis-rules/signals.ts';
import { FRIDGE } from './life.ts';

export type Values = Readonly<Record<string, SignalValue>>;

/** Nobody said what codes mean, no model is known, and nothing is found. */
export const ALONE: Surroundings = { codeOf: () => null, cohort: null, well: true };

export const moment = (at: number, values: Values): Moment => ({
  appliance: FRIDGE,
  kind: 'refrigerator',
  at,
  position: 0,
  readings: Object.entries(values).map(([signal, value]) => ({ signal, value, mapped: true })),
});

/** A midnight: days and quarters of days begin with it. */
export const MIDNIGHT = Date.UTC(2026, 5, 10);

/** A refrigerator that measures; time passes only as it is told. */
export class Told {
  readonly m: Memory = emptyMemory();
  at: number;
  readonly around: Surroundings;

  constructor(at = MIDNIGHT, around: Partial<Surroundings> = {}) {
    this.at = at;
    this.around = { ...ALONE, ...around };
  }

  /** These values now. */
  says(values: Values): this {
    remember(this.m, moment(this.at, values), this.around);
    return this;
  }

  /** The same values every minute for so long, from now on, or those that `values` gives for the minutes that passed. */
  for(minutes: number, values: Values | ((minute: number) => Values), everyMinutes = 1): this {
    for (let minute = 0; minute < minutes; minute += everyMinutes) {
      this.says(typeof values === 'function' ? values(minute) : values);
      this.at += everyMinutes * MINUTE;
    }
    return this;
  }

  /** Nothing is heard for so long. */
  silentFor(minutes: number): this {
    this.at += minutes * MINUTE;
    return this;
  }

  /** Nothing is heard for so long, and messages are missing between: known with the next one. */
  lostFor(minutes: number): this {
    this.silentFor(minutes);
    noteLoss(this.m, this.at);
    return this;
  }

  /** A feature as it stands at the newest moment; NaN when it is not known. */
  get(feature: string, silentMs = 0): number {
    return this.getAt(feature, this.m.exact[NEWEST]!, silentMs);
  }

  getAt(feature: string, at: number, silentMs = 0): number {
    return FEATURES.get(feature)!.read({ m: this.m, at, silentMs });
  }
}
