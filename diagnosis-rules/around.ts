// What is known of an appliance beside its readings: its line to us, its clock, whether it rests, what people reported.

import type { z } from 'zod';
import { type DisconnectedBody, ReportCode } from '#contracts';
import { DAY, HOUR, MINUTE } from '#runtime';
import type { Memory } from './memory.ts';
import { exact, rough } from './places.ts';

const LINE_CAUSES = ['connected', 'goodbye', 'lost', 'replaced', 'refused', 'shutdown', 'our-side'] as const;
export type LineCause = (typeof LINE_CAUSES)[number] | z.infer<typeof DisconnectedBody>['cause'];

/** Takes back what was reported before. */
const WORKS_FINE = 'works-fine';
export type Report = Exclude<ReportCode, typeof WORKS_FINE>;
export const REPORTS = ReportCode.options.filter((code): code is Report => code !== WORKS_FINE);

const REPORT_HOLDS_MS = 3 * DAY;

const LINE = rough.take('line');
const LINE_AT = exact.take('line stamp');
const RESTS_UNTIL = exact.take('rests until');
const REPORTED = exact.take('reports', REPORTS.length);
const FINE_AT = exact.take('reported fine');
const LAG = exact.take('clock lag');
const LAG_SINCE = exact.take('clock lag since');
const WRONG_STAMPS_AT = exact.take('stamps refused');

export function noteLine(m: Memory, cause: LineCause, at: number): void {
  const index = LINE_CAUSES.indexOf(cause as (typeof LINE_CAUSES)[number]);
  m.rough[LINE] = index;
  m.exact[LINE_AT] = at;
}

/** 1 or 0 whether its line ended so; NaN while it is connected or was never seen to connect. */
export function lineEndedBy(m: Memory, cause: LineCause): number {
  const index = m.rough[LINE]!;
  if (Number.isNaN(index) || index === 0) return Number.NaN;
  return LINE_CAUSES[index] === cause ? 1 : 0;
}

/** `until` null: messages are expected again. */
export const noteRest = (m: Memory, until: number | null): void => {
  m.exact[RESTS_UNTIL] = until ?? Number.NaN;
};
export const restsAt = (m: Memory, at: number): boolean => at < m.exact[RESTS_UNTIL]!;

export function noteReport(m: Memory, code: string, at: number): void {
  const index = REPORTS.indexOf(code as Report);
  if (index >= 0) m.exact[REPORTED + index] = at;
  if (code === WORKS_FINE) m.exact[FINE_AT] = at;
}

/** 1 for days after it was reported, 0 once that is over or was taken back; NaN: nobody said anything. */
export function reportedAt(m: Memory, code: Report, at: number): number {
  const since = at - m.exact[REPORTED + REPORTS.indexOf(code)]!;
  if (!(since < 2 * REPORT_HOLDS_MS)) return Number.NaN;
  const takenBack = m.exact[FINE_AT]! >= m.exact[REPORTED + REPORTS.indexOf(code)]!;
  return since < REPORT_HOLDS_MS && !takenBack ? 1 : 0;
}

/** How far the appliance's clock is behind; what changes is a buffer being emptied, not a clock. */
export function noteClock(m: Memory, lagMs: number, at: number): void {
  if (Math.abs(lagMs - m.exact[LAG]!) < STEADY_MS) return;
  m.exact[LAG_SINCE] = at;
  m.exact[LAG] = lagMs;
}
const STEADY_MS = 2 * MINUTE;
const STEADY_FOR_MS = 3 * HOUR;
/** Readings were refused for their stamps. */
export const noteWrongStamps = (m: Memory, at: number): void => {
  m.exact[WRONG_STAMPS_AT] = at;
};
/** Minutes that its clock is known to be wrong; NaN before that can be said. Silence after `heardAt` makes no lag a steady one. */
export function clockWrongMinutes(m: Memory, at: number, heardAt: number): number {
  if (at - m.exact[WRONG_STAMPS_AT]! < HOUR) return Number.POSITIVE_INFINITY;
  if (!(heardAt - m.exact[LAG_SINCE]! >= STEADY_FOR_MS)) return Number.NaN;
  return Math.abs(m.exact[LAG]!) / MINUTE;
}

const KEPT_EXACT = [
  [LINE_AT, 1],
  [RESTS_UNTIL, 1],
  [REPORTED, REPORTS.length],
  [FINE_AT, 1],
  [LAG, 1],
  [LAG_SINCE, 1],
  [WRONG_STAMPS_AT, 1],
] as const;

/** What readings do not tell goes on when readings are looked at again. */
export function keepAround(from: Memory, to: Memory): void {
  to.rough[LINE] = from.rough[LINE]!;
  for (const [place, length] of KEPT_EXACT) to.exact.set(from.exact.subarray(place, place + length), place);
}
