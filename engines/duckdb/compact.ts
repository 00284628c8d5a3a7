// Rows arrive by time; queries ask for one signal of one appliance. Sorted rows answer several times faster.
import { type DuckDBConnection, INTEGER } from '@duckdb/node-api';
import { COMPACT_BEGIN, COMPACT_END, COMPACT_SLICE, COMPACT_SLICES } from './tables.ts';

export async function nothingToCompact(connection: DuckDBConnection): Promise<boolean> {
  const rows = await connection.runAndReadAll('select 1 from progress where compacted < next');
  return rows.currentRowCount === 0;
}

/** Part of the caller's transaction. */
export async function rewriteSorted(connection: DuckDBConnection): Promise<void> {
  const counts = await connection.runAndReadAll(COMPACT_SLICES);
  const [slices, appliances] = counts.getRows()[0]!.map(Number) as [number, number];
  const perSlice = Math.max(1, Math.ceil(appliances / slices));
  await connection.run(COMPACT_BEGIN);
  for (let first = 0; first < appliances; first += perSlice) {
    await connection.run(COMPACT_SLICE, [first, first + perSlice], [INTEGER, INTEGER]);
  }
  for (const statement of COMPACT_END) await connection.run(statement);
}
