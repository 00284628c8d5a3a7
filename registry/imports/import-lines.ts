// A file of lines, CSV or JSON, as fields by column. What is wrong with one line says nothing about the next.
import { parse } from 'csv-parse/sync';
import type { ImportError } from '#contracts';
import { messageOf } from '#runtime';
import { wrongLine } from './import-errors.ts';

export const LINES_AT_MOST = 10_000;
const LINE_BYTES = 8_000;

export type ImportLine = { line: number; fields: Readonly<Record<string, string>> };
export type ImportFile = { lines: ImportLine[]; errors: ImportError[] };
export type Columns = { all: readonly string[]; needed: readonly string[] };

/** Columns that are empty are left out of `fields`. An error without lines means that the file cannot be read at all. */
export function readImport(body: Uint8Array, type: 'csv' | 'json', columns: Columns): ImportFile {
  const file = type === 'csv' ? readCsv(body, columns) : readJson(body, columns);
  if (file.lines.length > LINES_AT_MOST) return broken(wrongLine(1, null, 'too-many-lines', { known: LINES_AT_MOST }));
  if (file.lines.length === 0 && file.errors.length === 0) return broken(wrongLine(1, null, 'empty-file'));
  return file;
}

const broken = (...errors: ImportError[]): ImportFile => ({ lines: [], errors });

type RawLine = { line: number; text: string };

// Line by line and not as a whole: a quote that is never closed would swallow every line behind it.
function readCsv(body: Uint8Array, columns: Columns): ImportFile {
  const errors: ImportError[] = [];
  const raw = textLines(body, errors);
  const [head, ...rest] = raw;
  if (!head) return broken(...errors);
  if (errors.some((error) => error.line <= head.line)) return broken(...errors);
  const delimiter = head.text.includes(';') && !head.text.includes(',') ? ';' : ',';
  const header = cells(head, delimiter)?.map((name) => name.toLowerCase());
  if (!header) return broken(wrongLine(head.line, null, 'broken-quotes'));
  const wrongHeader = headerErrors(head.line, header, columns);
  if (wrongHeader.length > 0) return broken(...wrongHeader);
  const lines: ImportLine[] = [];
  for (const one of rest) {
    const values = cells(one, delimiter);
    if (!values) errors.push(wrongLine(one.line, null, 'broken-quotes'));
    else if (values.length !== header.length) {
      errors.push(wrongLine(one.line, null, 'wrong-column-count', { value: values.length, known: header.length }));
    } else lines.push({ line: one.line, fields: filled(header.map((name, index) => [name, values[index]!])) });
  }
  return { lines, errors: errors.sort((a, b) => a.line - b.line) };
}

const NEW_LINE = 0x0a;
const BYTE_ORDER_MARK = '\ufeff';

/** Lines that hold nothing are left out. */
function textLines(body: Uint8Array, errors: ImportError[]): RawLine[] {
  const decoder = new TextDecoder('utf-8', { fatal: true, ignoreBOM: true });
  const found: RawLine[] = [];
  for (let line = 1, start = 0; start < body.length; line++) {
    const newLine = body.indexOf(NEW_LINE, start);
    const end = newLine === -1 ? body.length : newLine;
    const bytes = body.subarray(start, end);
    start = end + 1;
    if (bytes.length > LINE_BYTES) {
      errors.push(wrongLine(line, null, 'line-too-long', { known: LINE_BYTES }));
      continue;
    }
    try {
      const text = decoder.decode(bytes).replace(BYTE_ORDER_MARK, '').replace(/\r$/, '');
      if (text.trim() !== '') found.push({ line, text });
    } catch {
      errors.push(wrongLine(line, null, 'bad-encoding'));
    }
  }
  return found;
}

function cells({ text }: RawLine, delimiter: string): string[] | null {
  try {
    const [row] = parse(text, { delimiter, trim: true, relax_column_count: true }) as string[][];
    return row ?? null;
  } catch {
    return null;
  }
}

function headerErrors(line: number, header: readonly string[], { all, needed }: Columns): ImportError[] {
  const unknown = header.filter((name) => !all.includes(name));
  const twice = header.filter((name, index) => header.indexOf(name) !== index);
  const missing = needed.filter((name) => !header.includes(name));
  return [
    ...unknown.map((value) => wrongLine(line, value, 'unknown-column', { value, known: all.join(', ') })),
    ...twice.map((value) => wrongLine(line, value, 'column-twice', { value })),
    ...missing.map((value) => wrongLine(line, value, 'missing-column', { value })),
  ];
}

const filled = (entries: readonly (readonly [string, string])[]): Record<string, string> =>
  Object.fromEntries(entries.filter(([, value]) => value !== ''));

function readJson(body: Uint8Array, { all }: Columns): ImportFile {
  let list: unknown;
  try {
    list = JSON.parse(new TextDecoder('utf-8', { fatal: true }).decode(body));
  } catch (error) {
    return broken(wrongLine(1, null, 'not-json', { value: messageOf(error) }));
  }
  if (!Array.isArray(list)) return broken(wrongLine(1, null, 'not-a-list'));
  const file: ImportFile = { lines: [], errors: [] };
  for (const [index, item] of list.entries()) {
    const line = index + 1;
    const fields = fieldsOf(item);
    if (!fields) {
      file.errors.push(wrongLine(line, null, 'not-an-object'));
      continue;
    }
    const unknown = Object.keys(fields).filter((name) => !all.includes(name));
    for (const value of unknown) {
      file.errors.push(wrongLine(line, value, 'unknown-column', { value, known: all.join(', ') }));
    }
    if (unknown.length === 0) file.lines.push({ line, fields });
  }
  return file;
}

/** Null for what is no flat object. */
function fieldsOf(item: unknown): Record<string, string> | null {
  if (typeof item !== 'object' || item === null || Array.isArray(item)) return null;
  const entries = Object.entries(item).filter(([, value]) => value !== null);
  if (entries.some(([, value]) => typeof value === 'object')) return null;
  return filled(entries.map(([name, value]) => [name, String(value).trim()]));
}
