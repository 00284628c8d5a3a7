// What a bench hands on: figures with their aims, for one table of all benches.
import * as fs from 'node:fs';

type Aim = { atMost: number } | { atLeast: number };
export type Figure = { what: string; unit: string; value: number; digits: number; aim?: Aim };

/** Without a file nobody asked for them. */
export function writeFigures(file: string | undefined, figures: readonly Figure[]): void {
  if (file !== undefined) fs.writeFileSync(file, `${JSON.stringify(figures)}\n`);
}

export const readFigures = (file: string): Figure[] =>
  fs.existsSync(file) ? (JSON.parse(fs.readFileSync(file, 'utf8')) as Figure[]) : [];

/** How many times the aim it is off; 1 or less when it is met, infinite when there is no value. */
export function missedBy({ value, aim }: Figure): number {
  if (aim === undefined) return 0;
  const times = 'atMost' in aim ? value / aim.atMost : aim.atLeast / value;
  return Number.isNaN(times) ? Number.POSITIVE_INFINITY : times;
}

const number = (value: number, digits: number): string =>
  value.toLocaleString('en', { minimumFractionDigits: digits, maximumFractionDigits: digits });

function verdict(figure: Figure): string {
  if (figure.aim === undefined) return '';
  const times = missedBy(figure);
  return times <= 1 ? 'met' : `missed, ${number(times, 2)} x`;
}

function aimText({ aim, digits }: Figure): string {
  if (aim === undefined) return '';
  return 'atMost' in aim ? `at most ${number(aim.atMost, digits)}` : `at least ${number(aim.atLeast, digits)}`;
}

export function figuresTable(figures: readonly Figure[]): string {
  const rows = [
    ['', '', 'figure', 'aim', ''],
    ...figures.map((figure) => [
      figure.what,
      figure.unit,
      number(figure.value, figure.digits),
      aimText(figure),
      verdict(figure),
    ]),
  ];
  const widths = rows[0]!.map((_, column) => Math.max(...rows.map((row) => row[column]!.length)));
  return rows
    .map((row) =>
      row
        .map((cell, column) => (column === 2 ? cell.padStart(widths[column]!) : cell.padEnd(widths[column]!)))
        .join('  ')
        .trimEnd(),
    )
    .join('\n');
}
