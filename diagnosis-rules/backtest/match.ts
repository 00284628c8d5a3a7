// What two versions say of the same appliance at the same time is the same to its owner: findings that overlap are paired.
export type Spanned = { openedAt: number; closedAt: number | null };
export type Pair<A, B> = { a: A; b: B | null } | { a: A | null; b: B };

const endOf = ({ closedAt }: Spanned): number => closedAt ?? Number.POSITIVE_INFINITY;
const overlap = (a: Spanned, b: Spanned): boolean =>
  (a.openedAt < endOf(b) && b.openedAt < endOf(a)) || a.openedAt === b.openedAt;

/** Each of one appliance, both oldest first; each is paired once, with the oldest that overlaps it. Oldest first. */
export function paired<A extends Spanned, B extends Spanned>(as: readonly A[], bs: readonly B[]): Pair<A, B>[] {
  const free = [...bs];
  const pairs: Pair<A, B>[] = as.map((a) => {
    const index = free.findIndex((b) => overlap(a, b));
    return { a, b: index < 0 ? null : free.splice(index, 1)[0]! };
  });
  pairs.push(...free.map((b) => ({ a: null, b })));
  return pairs.sort((x, y) => openedAt(x) - openedAt(y));
}

const openedAt = ({ a, b }: Pair<Spanned, Spanned>): number => (a ?? b)!.openedAt;
