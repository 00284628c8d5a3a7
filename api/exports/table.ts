// What an export is made of: tables with named columns, whose rows come one by one.
export type Cell = string | number | boolean | null;

/** `time`: epoch ms. */
export type ColumnType = 'text' | 'number' | 'boolean' | 'time';

export type Table = {
  name: string;
  columns: readonly (readonly [name: string, type: ColumnType])[];
  /** Cells in the order of the columns. */
  rows: () => AsyncIterable<readonly Cell[]>;
};

export async function* rowsOf(rows: Iterable<readonly Cell[]>): AsyncIterable<readonly Cell[]> {
  yield* rows;
}

/** All items of a list that comes in pages. */
export async function* everyItem<Item>(
  page: (cursor: string | null) => Promise<{ items: readonly Item[]; next: string | null }>,
): AsyncIterable<Item> {
  for (let cursor: string | null = null; ; ) {
    const { items, next } = await page(cursor);
    yield* items;
    if (next === null) return;
    cursor = next;
  }
}
