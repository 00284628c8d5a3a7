// Cursors of lists that are sorted by time, newest first: the place behind the last row shown.
import { Id } from '#contracts';
import { PlatformError } from './errors.ts';

export type Place = { at: number; id: Id };

const cursorAt = ({ at, id }: Place): string => `${at}_${id}`;

/** Throws `bad-cursor` for anything that `pageOf` did not make. */
export function placeOf(cursor: string): Place {
  const [at = '', id = ''] = cursor.split('_');
  if (/^\d{1,15}$/.test(at) && Id.safeParse(id).success) return { at: Number(at), id };
  throw new PlatformError('bad-cursor', 'reject', 'This cursor is not one that a list returned.', {
    hint: 'Ask for the first page without a cursor.',
  });
}

/** Cuts `limit + 1` rows to a page and says where the next one starts. */
export function pageOf<Row>(
  rows: readonly Row[],
  limit: number,
  placed: (row: Row) => Place,
): { items: Row[]; next: string | null } {
  return { items: rows.slice(0, limit), next: rows.length > limit ? cursorAt(placed(rows[limit - 1]!)) : null };
}
