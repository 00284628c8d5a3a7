// Times as recordings write them: epoch numbers, ISO, or dates whose order of day and month the whole column tells.
import { DAY } from './time.ts';

const ISO =
  /^(\d{4})-(\d{1,2})-(\d{1,2})(?:[T ](\d{1,2}):(\d{2})(?::(\d{2})(?:\.(\d{1,9}))?)?)?\s*(Z|UTC|[+-]\d{2}:?\d{2})?$/i;
const LOCAL = /^(\d{1,2})[/.](\d{1,2})[/.](\d{4})(?:,?\s+(\d{1,2}):(\d{2})(?::(\d{2}))?\s*(AM|PM)?)?$/i;
const EPOCH = /^\d{9,19}(?:\.\d+)?$/;

/** Reads a column of times; null for a cell that is none. Times without a zone are taken as UTC. */
export type TimeReader = (cell: string) => number | null;

function epoch(cell: string): number {
  const value = Number(cell);
  if (value < 1e11) return Math.round(value * 1000);
  if (value < 1e14) return Math.round(value);
  return Math.round(value < 1e17 ? value / 1e3 : value / 1e6);
}

function utc(year: number, month: number, day: number, time: readonly (string | undefined)[]): number | null {
  const [hour = '0', minute = '0', second = '0', fraction = '0'] = time;
  const clock = [Number(hour), Number(minute), Number(second)] as const;
  if (month < 1 || month > 12 || day < 1 || day > 31 || clock[0] > 24 || clock[1] > 59 || clock[2] > 60) return null;
  return Date.UTC(year, month - 1, day, ...clock, Math.round(Number(`0.${fraction}`) * 1000));
}

function offsetMs(zone: string | undefined): number {
  const match = /^([+-])(\d{2}):?(\d{2})$/.exec(zone ?? '');
  if (!match) return 0;
  return (match[1] === '-' ? -1 : 1) * (Number(match[2]) * 60 + Number(match[3])) * 60_000;
}

function iso(match: RegExpExecArray): number | null {
  const at = utc(Number(match[1]), Number(match[2]), Number(match[3]), match.slice(4, 8));
  return at === null ? null : at - offsetMs(match[8]);
}

function local(match: RegExpExecArray, dayFirst: boolean): number | null {
  const [first, second] = [Number(match[1]), Number(match[2])];
  const half = match[7]?.toUpperCase();
  const hour = match[4] === undefined || !half ? match[4] : String((Number(match[4]) % 12) + (half === 'PM' ? 12 : 0));
  const [month, day] = dayFirst ? [second, first] : [first, second];
  return utc(Number(match[3]), month, day, [hour, match[5], match[6]]);
}

const read = (cell: string, dayFirst: boolean): number | null => {
  if (EPOCH.test(cell)) return epoch(cell);
  const isoMatch = ISO.exec(cell);
  if (isoMatch) return iso(isoMatch);
  const localMatch = LOCAL.exec(cell);
  return localMatch ? local(localMatch, dayFirst) : null;
};

function spanOf(cells: readonly string[], dayFirst: boolean): number {
  let low = Number.POSITIVE_INFINITY;
  let high = Number.NEGATIVE_INFINITY;
  for (const cell of cells) {
    const at = read(cell, dayFirst);
    if (at === null && LOCAL.test(cell)) return Number.POSITIVE_INFINITY;
    if (at === null) continue;
    low = Math.min(low, at);
    high = Math.max(high, at);
  }
  return high - low;
}

/** `3/4/2020` is March or April: the order under which the recording spans less time is taken, month first if equal. */
export function timeReader(cells: readonly string[]): TimeReader {
  const monthSpan = spanOf(cells, false);
  const daySpan = spanOf(cells, true);
  const dayFirst = daySpan + DAY / 2 < monthSpan || !Number.isFinite(monthSpan);
  return (cell) => read(cell, dayFirst);
}
