// Which days of which appliances got readings: told once for a day that still goes on, and each time for one that is over,
// because it may be rolled up at any moment.
import type { Moment } from '#contracts';
import type { ApplianceDay, DueDays } from '#ingest';
import { type Clock, DAY, MINUTE } from '#runtime';

/** Less than days need to settle before they are rolled up: clocks of processes may differ by the rest. */
const GOES_ON_MS = 20 * MINUTE;

export class DayMarks {
  readonly #due: DueDays;
  readonly #clock: Clock;
  #told = new Set<string>();
  #today = 0;

  constructor({ due, clock }: { due: DueDays; clock: Clock }) {
    this.#due = due;
    this.#clock = clock;
  }

  /** Call it when the lines are durable, and before the position behind them is saved. */
  async mark(lines: readonly Moment[]): Promise<void> {
    const now = this.#clock.now();
    const today = now - (now % DAY);
    if (today !== this.#today) this.#told = new Set();
    this.#today = today;
    const goesOn = (day: number): boolean => day + DAY > now - GOES_ON_MS;
    const days = new Map<string, ApplianceDay>();
    for (const { appliance, at } of lines) {
      const day = at - (at % DAY);
      const key = `${day} ${appliance}`;
      if (!goesOn(day) || !this.#told.has(key)) days.set(key, { day, appliance });
    }
    await this.#due.mark([...days.values()]);
    for (const [key, { day }] of days) if (goesOn(day)) this.#told.add(key);
  }
}
