// Moments as columns: DuckDB takes chunks of columns at a third of the cost of rows.
import { DOUBLE, type DuckDBAppender, DuckDBDataChunk, INTEGER } from '@duckdb/node-api';
import type { Moment } from '#contracts';
import type { NameTable } from './name-table.ts';

export type Names = { appliances: NameTable; signals: NameTable };
/** A reading that is a string: its point has no value, its text stands in a table of its own. */
export type TextPoint = { appliance: number; signal: number; stamp: number; text: string; position: number };

const CHUNK_ROWS = 2048;
// Stamp and position pass as doubles, exact up to 2^53 and without a BigInt per value; the appender casts them to int8.
const COLUMNS = [INTEGER, INTEGER, DOUBLE, DOUBLE, DOUBLE];

function openChunk(rows: number) {
  const chunk = DuckDBDataChunk.create(COLUMNS, rows);
  const [appliance, signal, stamp, value, position] = COLUMNS.map((_, index) => chunk.getColumnVector(index));
  return { chunk, rows, appliance: appliance!, signal: signal!, stamp: stamp!, value: value!, position: position! };
}

function appendChunk(appender: DuckDBAppender, columns: ReturnType<typeof openChunk>): void {
  for (let index = 0; index < COLUMNS.length; index++) columns.chunk.getColumnVector(index).flush();
  appender.appendDataChunk(columns.chunk);
}

/**
 * Two groups of one message may have one stamp, and then one position too: what the later one says again is left out of
 * the earlier. They stand next to each other.
 */
export function withoutRepeats(moments: readonly Moment[]): readonly Moment[] {
  const goesOn = ({ appliance, at, position }: Moment, index: number): boolean => {
    const next = moments[index + 1];
    return next !== undefined && at === next.at && position === next.position && appliance === next.appliance;
  };
  if (!moments.some(goesOn)) return moments;
  const kept: Moment[] = [];
  let said = new Set<string>();
  for (const [index, moment] of [...moments.entries()].reverse()) {
    if (!goesOn(moment, index)) said = new Set();
    kept.push({ ...moment, readings: moment.readings.filter(({ signal }) => !said.has(signal)) });
    for (const { signal } of moment.readings) said.add(signal);
  }
  return kept.reverse();
}

/** Appends every reading of the moments to the table `point`; returns those that are text. */
export function appendPoints(appender: DuckDBAppender, moments: readonly Moment[], names: Names): TextPoint[] {
  const texts: TextPoint[] = [];
  let left = 0;
  for (const moment of moments) left += moment.readings.length;
  if (left === 0) return texts;
  let columns = openChunk(Math.min(left, CHUNK_ROWS));
  let row = 0;
  for (const moment of moments) {
    const appliance = names.appliances.numberOf(moment.appliance);
    const stamp = moment.at;
    const position = moment.position;
    for (const reading of moment.readings) {
      if (row === columns.rows) {
        appendChunk(appender, columns);
        left -= row;
        columns = openChunk(Math.min(left, CHUNK_ROWS));
        row = 0;
      }
      const signal = names.signals.numberOf(reading.signal);
      const value = reading.value;
      columns.appliance.setItem(row, appliance);
      columns.signal.setItem(row, signal);
      columns.stamp.setItem(row, stamp);
      columns.position.setItem(row, position);
      if (typeof value === 'number') columns.value.setItem(row, value);
      else if (typeof value === 'boolean') columns.value.setItem(row, value ? 1 : 0);
      else {
        columns.value.setItem(row, null);
        texts.push({ appliance, signal, stamp, text: value, position });
      }
      row++;
    }
  }
  appendChunk(appender, columns);
  return texts;
}

/** Appends texts to the table `text`. They are rare, so rows will do. */
export function appendTexts(appender: DuckDBAppender, texts: readonly TextPoint[]): void {
  for (const { appliance, signal, stamp, text, position } of texts) {
    appender.appendInteger(appliance);
    appender.appendInteger(signal);
    appender.appendBigInt(BigInt(stamp));
    appender.appendVarchar(text);
    appender.appendBigInt(BigInt(position));
    appender.endRow();
  }
}
