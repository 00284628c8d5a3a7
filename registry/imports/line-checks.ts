// Checks of single values in an import. Each returns what is wrong, or nothing.
import { Id } from '#contracts';
import { type ImportErrorCode, wrongLine } from './import-errors.ts';
import type { ImportLine } from './import-lines.ts';

export type Fault = { code: ImportErrorCode; known?: string | number };
export type Check = (value: string) => Fault | null;

const PRINTABLE = /^[!-~]{1,60}$/;
const MAIL = /^[^\s@]+@[^\s@]+\.[^\s@]+$/;
const DAY = /^\d{4}-\d{2}-\d{2}$/;

const when = (wrong: boolean, fault: Fault): Fault | null => (wrong ? fault : null);

export const isSerial: Check = (value) => when(!PRINTABLE.test(value), { code: 'bad-serial' });
export const isId: Check = (value) => when(!Id.safeParse(value).success, { code: 'bad-id' });
export const isSecret: Check = (value) => when(!/^[0-9a-f]{32,200}$/i.test(value), { code: 'bad-secret' });
export const isMail: Check = (value) => when(!MAIL.test(value) || value.length > 200, { code: 'bad-mail' });
export const isDay: Check = (value) => when(dayMs(value) === null, { code: 'bad-date' });
export const atMost =
  (known: number): Check =>
  (value) =>
    when(value.length > known, { code: 'too-long', known });
export const oneOf =
  (choices: readonly string[]): Check =>
  (value) =>
    when(!choices.includes(value), { code: 'bad-choice', known: choices.join(', ') });
export const wholeNumber =
  (least: number, most: number): Check =>
  (value) =>
    when(!/^-?\d{1,6}$/.test(value) || Number(value) < least || Number(value) > most, {
      code: 'bad-number',
      known: `${least} – ${most}`,
    });

/** The first moment of a day, UTC; null when there is no such day. */
export function dayMs(day: string): number | null {
  const at = DAY.test(day) ? Date.parse(`${day}T00:00:00Z`) : Number.NaN;
  return Number.isNaN(at) || isoDay(at) !== day ? null : at;
}

export const isoDay = (ms: number): string => new Date(ms).toISOString().slice(0, 10);

/** What is wrong with one line by itself. */
export function faultsOf(
  { line, fields }: ImportLine,
  checks: Readonly<Record<string, Check>>,
  needed: readonly string[],
) {
  const missing = needed.filter((name) => fields[name] === undefined);
  return [
    ...missing.map((name) => wrongLine(line, name, 'missing-value')),
    ...Object.entries(fields).flatMap(([name, value]) => {
      const fault = checks[name]?.(value);
      return fault ? [wrongLine(line, name, fault.code, { value, known: fault.known ?? '' })] : [];
    }),
  ];
}

/** Lines that say the same as an earlier one. */
export function twice<Line extends ImportLine>(
  lines: readonly Line[],
  { column, code, key }: { column: string; code: ImportErrorCode; key: (line: Line) => string | undefined },
) {
  const first = new Map<string, number>();
  return lines.flatMap((one) => {
    const value = key(one);
    if (value === undefined) return [];
    const known = first.get(value);
    if (known !== undefined) return [wrongLine(one.line, column, code, { known })];
    first.set(value, one.line);
    return [];
  });
}
