// What a backtest found, as rows: kept appliance by appliance, read as pairs of what the two versions say.
import type { Compared, Id, Severity } from '#contracts';
import { type Place, pageOf, placeOf, type Sql } from '#runtime';
import type { FoundEpisode } from './episodes.ts';
import type { Pair } from './match.ts';

export type FoundPair = {
  /** Of the earlier row of the pair, as its place in the list. */
  id: Id;
  at: number;
  appliance: Id;
  household: Id | null;
  a: FoundEpisode | null;
  b: FoundEpisode | null;
};

type Where = { backtest: Id; appliance: Id; household: Id | null };

/** Part of the transaction that says that the appliance is done. */
export async function keepFound(tx: Sql, where: Where, pairs: readonly Pair<FoundEpisode, FoundEpisode>[]) {
  for (const { a, b } of pairs) {
    if (a) await keep(tx, where, 'a', a, b);
    if (b) await keep(tx, where, 'b', b, a);
  }
}

const keep = (tx: Sql, where: Where, side: 'a' | 'b', found: FoundEpisode, other: FoundEpisode | null) =>
  tx.query(
    `insert into app.backtest_finding (backtest, side, id, appliance, household, opened_at, closed_at, severity, cause,
       probability, visit, other) values ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12)`,
    [
      ...[where.backtest, side, found.id, where.appliance, where.household, found.openedAt, found.closedAt],
      ...[found.severity, found.cause, found.probability, found.visit, other?.id ?? null],
    ],
  );

type Row = {
  id: Id;
  openedAt: number;
  appliance: Id;
  household: Id | null;
  closedAt: number | null;
  severity: Severity;
  cause: string;
  probability: number;
  visit: boolean;
  side: 'a' | 'b';
  other: Id | null;
  otherOpenedAt: number | null;
  otherClosedAt: number | null;
  otherSeverity: Severity;
  otherCause: string;
  otherProbability: number;
  otherVisit: boolean;
};

/** A row stands for its pair, unless it is B's and A says the same. */
const WHICH: Record<Compared, string> = {
  all: "(f.side = 'a' or f.other is null)",
  both: "f.side = 'a' and f.other is not null",
  'only-a': "f.side = 'a' and f.other is null",
  'only-b': "f.side = 'b' and f.other is null",
};

/** Newest first; what both had opened before the span is left out. Throws `bad-cursor`. */
export async function foundPairs(
  sql: Sql,
  ask: { backtest: Id; which: Compared; cursor: string | null; limit: number },
): Promise<{ items: FoundPair[]; next: string | null }> {
  const after: Place | null = ask.cursor === null ? null : placeOf(ask.cursor);
  const rows = await sql.query<Row>(
    `select f.id, f.side, f.appliance, f.household, f.opened_at as "openedAt", f.closed_at as "closedAt", f.severity,
            f.cause, f.probability, f.visit, f.other, o.opened_at as "otherOpenedAt", o.closed_at as "otherClosedAt",
            o.severity as "otherSeverity", o.cause as "otherCause", o.probability as "otherProbability",
            o.visit as "otherVisit"
       from app.backtest_finding f join app.backtest b on b.id = f.backtest
       left join app.backtest_finding o on o.backtest = f.backtest and o.side <> f.side and o.id = f.other
      where f.backtest = $1 and ${WHICH[ask.which]} and greatest(f.opened_at, o.opened_at) >= b.from_at
        and ($2::bigint is null or (f.opened_at, f.id) < ($2::bigint, $3::uuid))
      order by f.opened_at desc, f.id desc limit $4`,
    [ask.backtest, after?.at ?? null, after?.id ?? null, ask.limit + 1],
  );
  return pageOf(rows.map(pairOf), ask.limit, ({ at, id }) => ({ at, id }));
}

function pairOf(row: Row): FoundPair {
  const own = episode(row);
  const other = row.otherOpenedAt === null ? null : otherOf(row, row.otherOpenedAt);
  const { id, appliance, household, side } = row;
  const [a, b] = side === 'a' ? [own, other] : [other, own];
  return { id, at: row.openedAt, appliance, household, a, b };
}

const episode = ({ id, openedAt, closedAt, severity, cause, probability, visit }: Row): FoundEpisode => ({
  ...{ id, openedAt, closedAt, severity, cause, probability, visit },
});

const otherOf = (row: Row, openedAt: number): FoundEpisode => ({
  id: row.other!,
  openedAt,
  closedAt: row.otherClosedAt,
  severity: row.otherSeverity,
  cause: row.otherCause,
  probability: row.otherProbability,
  visit: row.otherVisit,
});

const AT_ONCE = 1_000;

/** All of them, page by page: they may be many. */
export async function* everyPair(sql: Sql, backtest: Id, which: Compared = 'all'): AsyncGenerator<FoundPair> {
  let cursor: string | null = null;
  do {
    const page = await foundPairs(sql, { backtest, which, cursor, limit: AT_ONCE });
    yield* page.items;
    cursor = page.next;
  } while (cursor !== null);
}
