// Food in danger: whether somebody was told in time, and what was wrong then.
import { DAY, MINUTE } from '#runtime';
import { isCooling } from './faults.ts';
import type { JudgedLife, Span } from './judged-life.ts';
import type { Scored } from './matching.ts';
import { share } from './shares.ts';

const ALERT_WITHIN_MS = 45 * MINUTE;

/** Whether somebody had been told by 45 minutes after it began, and was still. */
function alertedIn(danger: Span, { told }: JudgedLife, critical: boolean): boolean {
  const over = new Map(
    told.filter(({ change }) => change === 'closed' || change === 'withdrawn').map(({ finding, at }) => [finding, at]),
  );
  return told.some(
    ({ at, change, finding, problem, severity }) =>
      (change === 'opened' || change === 'changed') &&
      isCooling(problem) &&
      (!critical || severity === 'critical') &&
      at <= danger.from + ALERT_WITHIN_MS &&
      (over.get(finding) ?? Number.POSITIVE_INFINITY) > danger.from,
  );
}

/** `of`: as it really was, or as the appliance's own thermometer shows it. */
export const dangerShare =
  (of: 'dangers' | 'shownDangers', critical = false) =>
  (scored: readonly Scored[]): number => {
    const all = scored.flatMap(({ life }) => life[of].map((danger) => alertedIn(danger, life, critical)));
    return share(all.filter(Boolean).length, all.length);
  };

/** By what was really wrong when it began. */
export type DangerOf = { fault: string; dangers: number; alerted: number; critical: number };

export function dangersOf(scored: readonly Scored[]): DangerOf[] {
  const rows = new Map<string, DangerOf>();
  for (const { life } of scored) {
    for (const danger of life.dangers) {
      const wrong = life.faults.filter(
        ({ onset, end }) => onset <= danger.from && (end === null || danger.from <= end + DAY),
      );
      const fault = wrong.map(({ code, name }) => `${code} ${name}`).join(' + ') || 'none';
      const row = rows.get(fault) ?? { fault, dangers: 0, alerted: 0, critical: 0 };
      row.dangers++;
      row.alerted += alertedIn(danger, life, false) ? 1 : 0;
      row.critical += alertedIn(danger, life, true) ? 1 : 0;
      rows.set(fault, row);
    }
  }
  return [...rows.values()].sort((a, b) => a.alerted / a.dangers - b.alerted / b.dangers || b.dangers - a.dangers);
}
