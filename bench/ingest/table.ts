// The figures as people read them.
import type { Row } from './figures.ts';
import type { Machine } from './machine.ts';
import type { Measured } from './measure.ts';
import type { BenchOptions } from './options.ts';
import { type Spread, spread } from './spread.ts';

const number = (value: number, digits: number): string =>
  value.toLocaleString('en', { minimumFractionDigits: digits, maximumFractionDigits: digits });

function cell(value: Spread | null, digits: number): string {
  if (!value) return '-';
  const median = number(value.median, digits);
  if (value.min === value.max) return median;
  return `${median} (${number(value.min, digits)}-${number(value.max, digits)})`;
}

function fixedWidth(lines: readonly (readonly string[])[]): string {
  const widths = lines[0]!.map((_, column) => Math.max(...lines.map((line) => line[column]!.length)));
  return lines
    .map((line) =>
      line
        .map((text, column) => (column < 2 ? text.padEnd(widths[column]!) : text.padStart(widths[column]!)))
        .join('  ')
        .trimEnd(),
    )
    .join('\n');
}

export function tableOf(rows: readonly Row[]): string {
  const head = ['', '', 'Stethos', 'plain Aedes', 'ratio'];
  const lines = rows.map((row) => [
    row.what,
    row.unit,
    cell(row.platform, row.digits),
    cell(row.plain, row.digits),
    cell(row.ratio, 2),
  ]);
  const table = fixedWidth([head, ...lines]);
  const rule = '-'.repeat(Math.max(...table.split('\n').map((line) => line.length)));
  const [first, ...rest] = table.split('\n');
  return [first, rule, ...rest].join('\n');
}

/** What stands above and below the table. */
export function headOf(machine: Machine, date: string): string {
  const { cpu, cores, memoryGib, system, node, flushMs, loadBefore } = machine;
  return [
    `Ingest, ${date}`,
    `${cpu}, ${cores} cores, ${memoryGib} GiB, ${system}, Node ${node}; a flush takes ${number(flushMs, 3)} ms; load before ${number(loadBefore, 2)}`,
  ].join('\n');
}

export function notesOf(measured: Measured, options: BenchOptions): string {
  const { rounds, messageBytes, readings, ratePerSecond, stored } = measured;
  const clientCores = spread(rounds.flatMap((round) => [round.platform.clientCores, round.plain.clientCores]));
  const notes = [
    `Median (least-most) of ${options.rounds} rounds of ${options.seconds} s in turns; ${options.publishers} publishers, QoS 1, ${options.inFlight} under way each, ${readings} values in ${messageBytes} bytes.`,
    `The load client used ${number(clientCores.median, 2)} (${number(clientCores.min, 2)}-${number(clientCores.max, 2)}) of a core beside the server.`,
    `PUBLISH to PUBACK at ${number(ratePerSecond, 0)} messages/s, half of saturation; to the alert row with ${options.samples} alerts on an else quiet platform; ${number(options.idle, 0)} idle connections.`,
    `Of ${stored.publishers} publishers, ${number(stored.acknowledged, 0)} readings were acknowledged and ${number(stored.stored, 0)} stand in the store.`,
  ];
  if (options.flushMs > 0) {
    notes.push(
      `Simulated disk: each flush of the log and of the embedded database takes ${options.flushMs} ms longer (DuckDB's own do not).`,
    );
  }
  return notes.join('\n');
}
