// Days that a passport counts: warranty and consumables. Pure; days are the first moment of a day, UTC.
import type { z } from 'zod';
import type { ConsumableView, Model, Warranty } from '#contracts';
import { DAY } from '#runtime';
import { isoDay } from '../imports/line-checks.ts';

export type Starts = { purchasedOn: number | null; installedOn: number | null; firstClaimedAt: number | null };

/** Counted from the purchase, else the installation, else the first claim. */
export function warrantyOf(starts: Starts, months: number, now: number): z.infer<typeof Warranty> {
  const found = startOf(starts);
  if (!found || months === 0) {
    return { start: null, startsWith: null, months, ends: null, daysLeft: null, inWarranty: false };
  }
  const [startsWith, start] = found;
  const ends = monthsLater(start, months);
  const daysLeft = daysUntil(ends, now);
  return { start: isoDay(start), startsWith, months, ends: isoDay(ends), daysLeft, inWarranty: daysLeft > 0 };
}

type Start = readonly [NonNullable<z.infer<typeof Warranty>['startsWith']>, number];

function startOf({ purchasedOn, installedOn, firstClaimedAt }: Starts): Start | null {
  if (purchasedOn !== null) return ['purchase', dayOf(purchasedOn)];
  if (installedOn !== null) return ['installation', dayOf(installedOn)];
  return firstClaimedAt === null ? null : ['claim', dayOf(firstClaimedAt)];
}

export const dayOf = (at: number): number => Math.floor(at / DAY) * DAY;
const daysUntil = (day: number, now: number): number => Math.max(0, Math.round((day - dayOf(now)) / DAY));

/** The same day of the month, or its last one: 31 January and one month are 28 or 29 February. */
function monthsLater(day: number, months: number): number {
  const date = new Date(day);
  const target = new Date(Date.UTC(date.getUTCFullYear(), date.getUTCMonth() + months, 1));
  const lastDay = new Date(Date.UTC(target.getUTCFullYear(), target.getUTCMonth() + 1, 0)).getUTCDate();
  return target.setUTCDate(Math.min(date.getUTCDate(), lastDay));
}

/** `inUseSince`: what was never changed is as old as the machine's use. Past its day, `daysLeft` is negative. */
export function consumableView(
  { id, name, intervalDays }: Model['consumables'][number],
  { lastChanged, inUseSince, now }: { lastChanged: number | null; inUseSince: number | null; now: number },
): z.infer<typeof ConsumableView> {
  const from = lastChanged ?? inUseSince;
  const due = from === null ? null : dayOf(from) + intervalDays * DAY;
  return {
    id,
    name,
    intervalDays,
    lastChanged: lastChanged === null ? null : isoDay(lastChanged),
    due: due === null ? null : isoDay(due),
    daysLeft: due === null ? null : Math.round((due - dayOf(now)) / DAY),
  };
}
