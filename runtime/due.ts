// Clocks are rows with a due time. They fire when a sweep compares them with `now`; queue jobs only wake the sweep early.
import type { Id } from '#contracts';
import { messageOf } from './errors.ts';
import type { Sql } from './ports.ts';

/**
 * Fires what is due, one row a transaction. `claim` locks and returns the next due row that is not in `seen`, skipping
 * rows that others hold. A row is tried once a sweep: when its work throws it is left for the next one and holds back
 * no other. Returns how many fired and the errors met.
 */
export async function fireEach<Row extends { id: Id }>(
  sql: Sql,
  claim: (tx: Sql, seen: readonly Id[]) => Promise<Row | undefined>,
  fire: (tx: Sql, row: Row) => Promise<void>,
): Promise<{ done: number; errors: { id: Id; message: string }[] }> {
  const seen: Id[] = [];
  const errors: { id: Id; message: string }[] = [];
  for (;;) {
    let claimed: Id | undefined;
    try {
      await sql.transaction(async (tx) => {
        const row = await claim(tx, seen);
        if (!row) return;
        claimed = row.id;
        await fire(tx, row);
      });
      if (claimed === undefined) return { done: seen.length - errors.length, errors };
    } catch (error) {
      if (claimed === undefined) throw error;
      errors.push({ id: claimed, message: messageOf(error) });
    }
    seen.push(claimed);
  }
}
