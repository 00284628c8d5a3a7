// Tables as JSON (RFC 8259, one array of objects) and as CSV (RFC 4180).
import type { Cell, ColumnType, Table } from './table.ts';

/** So much text is handed on at a time. */
const CHUNK_CHARACTERS = 64 * 1024;

export async function* asJson({ columns, rows }: Table): AsyncIterable<Uint8Array> {
  const lines = async function* () {
    let before = '[\n';
    for await (const row of rows()) {
      const entries = columns.map(([name, type], index) => [name, shown(row[index]!, type)]);
      yield `${before}${JSON.stringify(Object.fromEntries(entries))}`;
      before = ',\n';
    }
    yield before === '[\n' ? '[]\n' : '\n]\n';
  };
  yield* inChunks(lines());
}

export async function* asCsv({ columns, rows }: Table): AsyncIterable<Uint8Array> {
  const lines = async function* () {
    yield `${columns.map(([name]) => name).join(',')}\r\n`;
    for await (const row of rows()) {
      yield `${columns.map(([, type], index) => field(row[index]!, type)).join(',')}\r\n`;
    }
  };
  yield* inChunks(lines());
}

const shown = (cell: Cell, type: ColumnType): Cell =>
  type === 'time' && typeof cell === 'number' ? new Date(cell).toISOString() : cell;

function field(cell: Cell, type: ColumnType): string {
  const value = shown(cell, type);
  if (value === null) return '';
  if (type !== 'text') return String(value);
  // A spreadsheet takes such a text for a formula and runs it.
  const text = /^[=+\-@\t\r]/.test(String(value)) ? `'${value}` : String(value);
  return /[",\r\n]/.test(text) ? `"${text.replaceAll('"', '""')}"` : text;
}

async function* inChunks(texts: AsyncIterable<string>): AsyncIterable<Uint8Array> {
  let chunk = '';
  for await (const text of texts) {
    chunk += text;
    if (chunk.length < CHUNK_CHARACTERS) continue;
    yield Buffer.from(chunk);
    chunk = '';
  }
  if (chunk !== '') yield Buffer.from(chunk);
}
