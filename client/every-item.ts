// Lists come in pages; this reads them to the end.
type Page<Item> = { items: Item[]; next: string | null };
type Answer<Item> = { data?: Page<Item> | undefined; error?: unknown };

/** Asks for page after page while they are read. Throws the problem when a page is refused. */
export async function* everyItem<Item>(
  page: (place: { cursor?: string }) => Promise<Answer<Item>>,
): AsyncGenerator<Item, void, undefined> {
  let next: string | null | undefined;
  do {
    const { data, error } = await page(next ? { cursor: next } : {});
    if (!data) throw error;
    yield* data.items;
    next = data.next;
  } while (next !== null);
}
