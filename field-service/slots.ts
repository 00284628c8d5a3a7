// The times a household may pick for a visit: mornings and afternoons of the next working days, in its time zone. Pure.
import { DAY, HOUR } from '#runtime';

/** Epoch ms. */
export type SlotTimes = { start: number; end: number };

const WINDOWS = [
  { fromHour: 9, toHour: 12 },
  { fromHour: 13, toHour: 17 },
] as const;
const WORKING_DAYS = 3;
const SUNDAY = 0;
/** A technician needs time to get there. */
const NOTICE_MS = 2 * HOUR;

export function slotsFrom(now: number, timeZone: string): SlotTimes[] {
  const slots: SlotTimes[] = [];
  const today = localAsUtc(now, timeZone);
  let days = 0;
  for (let ahead = 0; days < WORKING_DAYS; ahead++) {
    const day = new Date(today + ahead * DAY);
    if (day.getUTCDay() === SUNDAY) continue;
    const open = WINDOWS.map(({ fromHour, toHour }) => ({
      start: instantOf(day, fromHour, timeZone),
      end: instantOf(day, toHour, timeZone),
    })).filter((slot) => slot.start >= now + NOTICE_MS);
    slots.push(...open);
    if (open.length > 0) days++;
  }
  return slots;
}

/** What the clock on the wall shows at `at`, written as if it were UTC. */
function localAsUtc(at: number, timeZone: string): number {
  const parts = new Intl.DateTimeFormat('en-US', {
    timeZone,
    hourCycle: 'h23',
    year: 'numeric',
    month: 'numeric',
    day: 'numeric',
    hour: 'numeric',
    minute: 'numeric',
    second: 'numeric',
  }).formatToParts(at);
  const part = (type: Intl.DateTimeFormatPartTypes): number => Number(parts.find((one) => one.type === type)!.value);
  return Date.UTC(part('year'), part('month') - 1, part('day'), part('hour'), part('minute'), part('second'));
}

/** The moment at which the clock on the wall shows `hour` on that day (the UTC date of `day`). */
function instantOf(day: Date, hour: number, timeZone: string): number {
  const shown = Date.UTC(day.getUTCFullYear(), day.getUTCMonth(), day.getUTCDate(), hour);
  const offset = (at: number): number => localAsUtc(at, timeZone) - at;
  // Twice: the offset of the guess may be that of the other side of a change to or from summer time.
  return shown - offset(shown - offset(shown));
}
