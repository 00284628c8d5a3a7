// Readings grow old in short slices, because writes wait meanwhile: an hour of some appliances is rolled up and rewritten
// sorted and without doubles; then, hour by hour, what is older than it is kept goes.
import { BIGINT, type DuckDBConnection, INTEGER } from '@duckdb/node-api';
import { DAY, HOUR } from '#runtime';
import type { DueHours } from './due-hours.ts';
import { FORGET, HAS_DUE, OLDEST, RAW_BEFORE, SET_RAW_BEFORE, SLICE, type Slice } from './tables.ts';

type Horizons = { closedBefore: number; rawBefore: number; rollupsBefore: number };

/** How long a slice should take: writes wait no longer. */
const SLICE_MS = 250;
const MOST_APPLIANCES = 4_096;

/** How many appliances fit into a slice, learnt from those before. */
export class SliceSize {
  #appliances = 64;

  get appliances(): number {
    return this.#appliances;
  }

  took(ms: number): void {
    if (ms > SLICE_MS) this.#appliances = Math.max(1, Math.floor((this.#appliances * SLICE_MS) / ms));
    else if (ms < SLICE_MS / 3) this.#appliances = Math.min(MOST_APPLIANCES, this.#appliances * 2);
  }
}

/** What is rolled up next; null when nothing is due. */
export function nextSlice(due: DueHours, { closedBefore }: Horizons, size: SliceSize): Slice | null {
  const oldest = due.oldest(closedBefore);
  if (!oldest) return null;
  return { hour: oldest.hour, appliances: oldest.appliances.slice(0, size.appliances) };
}

/** Part of the caller's transaction. Of an hour that was forgotten already only the mark is removed. */
export async function rollUp(connection: DuckDBConnection, slice: Slice): Promise<void> {
  const { hour, appliances } = slice;
  const range = [BigInt(hour), BigInt(hour + HOUR), appliances[0]!, appliances.at(-1)!];
  const types = [BIGINT, BIGINT, INTEGER, INTEGER];
  const run = (statement: string) => connection.run(statement, range, types);
  const forgotten = await connection.runAndReadAll(RAW_BEFORE);
  if (hour >= Number(forgotten.getRows()[0]![0])) {
    await connection.run(SLICE.begin);
    for (const statement of SLICE.rewrite) await run(statement);
    for (const statement of SLICE.end) await connection.run(statement);
  }
  await run(SLICE.done);
}

/** Part of the caller's transaction. Deletes some of what is too old; false when there was nothing. Raw readings of an hour that waits to be rolled up stay. */
export async function forget(connection: DuckDBConnection, { rawBefore, rollupsBefore }: Horizons): Promise<boolean> {
  const due = await oldest(connection, HAS_DUE, rawBefore);
  const raw = Math.min(rawBefore, due ?? rawBefore);
  await connection.run(SET_RAW_BEFORE, [BigInt(raw)], [BIGINT]);
  return (
    (await forgetOldest(connection, 'point', raw, HOUR)) ||
    (await forgetOldest(connection, 'text', raw, HOUR)) ||
    (await forgetOldest(connection, 'rollup', rollupsBefore, DAY))
  );
}

async function forgetOldest(
  connection: DuckDBConnection,
  table: keyof typeof FORGET,
  before: number,
  length: number,
): Promise<boolean> {
  const first = await oldest(connection, OLDEST[table], before);
  if (first === null) return false;
  const until = Math.min(before, first - (first % length) + length);
  await connection.run(FORGET[table], [BigInt(until)], [BIGINT]);
  return true;
}

async function oldest(connection: DuckDBConnection, question: string, before: number): Promise<number | null> {
  const rows = await connection.runAndReadAll(question, [BigInt(before)], [BIGINT]);
  const [found] = rows.getRows()[0]!;
  return found === null || found === undefined ? null : Number(found);
}
