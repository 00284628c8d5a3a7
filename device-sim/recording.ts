// A recording: rows of a CSV file as samples of an appliance. Columns are found by the header.
import { parse } from 'csv-parse/sync';
import { SIGNALS } from '#contracts';
import { timeReader } from './recorded-time.ts';
import type { Values } from './sense.ts';
import type { Sample } from './simulation.ts';
import { UsageError } from './usage-error.ts';

export type RecordingOptions = {
  /** Column to signal, e.g. `activePower=power` or `kw=power*1000`. */
  map?: readonly string[];
  /** The signal of the only value column, when nothing maps it. */
  signal?: string;
  timeColumn?: string;
};

export type Recording = {
  /** By time; two rows of one time are one, the later row wins. */
  samples: Sample[];
  mapping: { column: string; signal: string; factor: number }[];
  skipped: { count: number; firstLine: number | null };
  /** Spans that a label column marks, epoch ms. */
  labelled: { from: number; until: number }[];
};

const TIME_NAMES = ['at', 'ctime', 'time', 'timestamp', 'datetime', 'date_time', 'date', 'ts', 'utc', 'unix', 'epoch'];
const LABEL_NAMES = ['label', 'labels', 'anomaly', 'is_anomaly'];
const POWER_NAMES = ['activepower', 'active_power', 'power_w', 'powerw', 'watts', 'watt', 'w', 'value'];

type Row = { cells: string[]; line: number };

function delimiterOf(header: string): string {
  const count = (char: string) => header.split(char).length;
  return [',', ';', '\t'].reduce((best, char) => (count(char) > count(best) ? char : best));
}

type Parsed = { record: string[]; info: { lines: number } };

function parsed(text: string, delimiter: string): Parsed[] {
  try {
    // The types of csv-parse do not know that `info` wraps each record.
    return parse(text, {
      bom: true,
      delimiter,
      info: true,
      relax_column_count: true,
      relax_quotes: true,
      skip_empty_lines: true,
      trim: true,
    }) as unknown as Parsed[];
  } catch (cause) {
    throw new UsageError(`not a CSV file: ${(cause as Error).message}`, 'Check the line that is named.');
  }
}

function rowsOf(text: string): { header: string[]; rows: Row[]; delimiter: string } {
  const delimiter = delimiterOf(text.slice(0, text.search(/\r?\n|$/)));
  const [first, ...rest] = parsed(text, delimiter);
  if (!first || rest.length === 0) {
    throw new UsageError('the recording is empty', 'It needs a header line and at least one row.');
  }
  return {
    header: first.record,
    rows: rest.map(({ record, info }) => ({ cells: record, line: info.lines })),
    delimiter,
  };
}

/** The rows of a CSV text as objects by column. */
export function readTable(text: string): Record<string, string>[] {
  const { header, rows } = rowsOf(text);
  return rows.map(({ cells }) => Object.fromEntries(header.map((column, i) => [column, cells[i] ?? ''])));
}

function columnOf(header: readonly string[], name: string): number {
  const index = header.findIndex((column) => column.toLowerCase() === name.toLowerCase());
  if (index < 0)
    throw new UsageError(`no column "${name}"`, `The columns are: ${header.map((c) => `"${c}"`).join(', ')}.`);
  return index;
}

function timeColumnOf(header: readonly string[], wanted: string | undefined): number {
  if (wanted) return columnOf(header, wanted);
  const named = TIME_NAMES.map((name) => header.findIndex((column) => column.toLowerCase() === name));
  const found = named.find((index) => index >= 0);
  if (found !== undefined) return found;
  throw new UsageError('no column of times was found', `Name it with --time. The columns are: ${header.join(', ')}.`);
}

type Column = { index: number; column: string; signal: string; factor: number };

function mapped(header: readonly string[], entry: string): Column {
  const match = /^(.+)=([a-z0-9_]+)(?:\*(-?[\d.]+))?$/.exec(entry);
  if (!match)
    throw new UsageError(`--map ${entry} is not understood`, 'Write column=signal, e.g. --map activePower=power.');
  const index = columnOf(header, match[1]!);
  return { index, column: header[index]!, signal: match[2]!, factor: match[3] ? Number(match[3]) : 1 };
}

function guessed(header: readonly string[], time: number, signal: string | undefined): Column[] {
  const column = (index: number, name: string) => ({ index, column: header[index]!, signal: name, factor: 1 });
  const others = header
    .map((_, index) => index)
    .filter((index) => {
      const name = header[index]!.toLowerCase();
      return index !== time && name !== '' && !LABEL_NAMES.includes(name);
    });
  const known = others.filter((index) => SIGNALS.has(header[index]!));
  if (known.length > 0 && !signal) return known.map((index) => column(index, header[index]!));
  const [only] = others;
  if (signal && others.length === 1) return [column(only!, signal)];
  const power = others.find((index) => POWER_NAMES.includes(header[index]!.toLowerCase()));
  if (power !== undefined && (!signal || signal === 'power')) return [column(power, 'power')];
  throw new UsageError(
    'which column is which signal?',
    `Say it with --map column=signal. The columns are: ${others.map((i) => header[i]).join(', ')}. ` +
      `Signals: ${[...SIGNALS.keys()].join(', ')}.`,
  );
}

function readCell(cell: string | undefined, { signal, factor }: Column, delimiter: string): number | boolean | null {
  if (!cell) return null;
  if (/^(true|on|open)$/i.test(cell)) return true;
  if (/^(false|off|closed)$/i.test(cell)) return false;
  const number = Number(delimiter === ';' ? cell.replace(/^(-?\d+),(\d+)$/, '$1.$2') : cell);
  if (!Number.isFinite(number)) return null;
  return SIGNALS.get(signal)?.unit === 'boolean' ? number !== 0 : number * factor;
}

function valuesOf(row: Row, columns: readonly Column[], delimiter: string): Values | null {
  const values: Values = {};
  for (const column of columns) {
    const value = readCell(row.cells[column.index], column, delimiter);
    if (value !== null) values[column.signal] = value;
  }
  return Object.keys(values).length > 0 ? values : null;
}

function labelledSpans(marks: readonly { at: number; marked: boolean }[]): Recording['labelled'] {
  const spans: Recording['labelled'] = [];
  let from: number | null = null;
  for (const { at, marked } of marks) {
    if (marked && from === null) from = at;
    if (!marked && from !== null) {
      spans.push({ from, until: at });
      from = null;
    }
  }
  if (from !== null) spans.push({ from, until: marks.at(-1)!.at });
  return spans;
}

/** Rows that have no time or no value are left out and counted. Throws UsageError when nothing is usable or a column is unclear. */
export function readRecording(text: string, options: RecordingOptions = {}): Recording {
  const { header, rows, delimiter } = rowsOf(text);
  const time = timeColumnOf(header, options.timeColumn);
  const columns = options.map?.length
    ? options.map.map((entry) => mapped(header, entry))
    : guessed(header, time, options.signal);
  const label = header.findIndex((column) => LABEL_NAMES.includes(column.toLowerCase()));
  const timeOf = timeReader(rows.map(({ cells }) => cells[time] ?? ''));

  const byTime = new Map<number, { sample: Sample; marked: boolean }>();
  const skipped: Recording['skipped'] = { count: 0, firstLine: null };
  for (const row of rows) {
    const at = timeOf(row.cells[time] ?? '');
    const values = valuesOf(row, columns, delimiter);
    if (at === null || values === null) {
      skipped.count += 1;
      skipped.firstLine ??= row.line;
      continue;
    }
    byTime.set(at, { sample: { at, values }, marked: Number(row.cells[label] ?? 0) > 0 });
  }
  if (byTime.size === 0) {
    throw new UsageError(
      `no row has both a time and a number (first looked at: line ${skipped.firstLine})`,
      `Read were the columns "${header[time]}" for time and ${columns.map((c) => `"${c.column}"`).join(', ')} for values.`,
    );
  }
  const ordered = [...byTime.values()].sort((a, b) => a.sample.at - b.sample.at);
  return {
    samples: ordered.map(({ sample }) => sample),
    mapping: columns.map(({ column, signal, factor }) => ({ column, signal, factor })),
    skipped,
    labelled: labelledSpans(ordered.map(({ sample, marked }) => ({ at: sample.at, marked }))),
  };
}

/** The same rows with every stamp moved by `ms`. */
export function shifted(recording: Recording, ms: number): Recording {
  return {
    ...recording,
    samples: recording.samples.map(({ at, values }) => ({ at: at + ms, values })),
    labelled: recording.labelled.map(({ from, until }) => ({ from: from + ms, until: until + ms })),
  };
}
