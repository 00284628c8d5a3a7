// What is usual for healthy appliances of one model: the middle of what each has learned of itself, and how far they lie apart.
import type { CohortBody } from '#contracts';
import { DAY, type Sql } from '#runtime';

export type Usual = CohortBody['usual'];

/** Fewer are themselves, not their model. */
const ENOUGH_APPLIANCES = 5;
/** What was known longer ago is of no appliance that is watched. */
const COUNTS_FOR_MS = 90 * DAY;
/** Makes a median absolute distance what a standard deviation would be. */
const SIGMAS_PER_MAD = 1.4826;

type Row = { model: string; measure: string; appliances: number; median: number; spread: number };

/** By model, from what is known now. A measure that too few appliances have learned is not among them. */
export async function computeCohorts(sql: Sql, now: number): Promise<CohortBody[]> {
  const rows = await sql.query<Row>(
    `with level as (
       select u.model, each.key as measure, each.value::float8 as value
         from app.appliance_usual u, jsonb_each_text(u.levels) each where u.at >= $1),
     middle as (
       select model, measure, count(*)::int as appliances,
              percentile_cont(0.5) within group (order by value) as median
         from level group by model, measure having count(*) >= $2)
     select m.model, m.measure, m.appliances, m.median,
            $3::float8 * percentile_cont(0.5) within group (order by abs(l.value - m.median)) as spread
       from middle m join level l on l.model = m.model and l.measure = m.measure
      group by m.model, m.measure, m.appliances, m.median order by m.model, m.measure`,
    [now - COUNTS_FOR_MS, ENOUGH_APPLIANCES, SIGMAS_PER_MAD],
  );
  return [...Map.groupBy(rows, ({ model }) => model)].map(([model, measures]) => ({
    model,
    appliances: Math.max(...measures.map(({ appliances }) => appliances)),
    usual: Object.fromEntries(measures.map(({ measure, median, spread }) => [measure, { median, spread }])),
  }));
}

const MOVED_SHARE = 0.02;
/** Where the level itself lies near nothing, as a shift does, the spread says what is much. */
const SPREADS = 5;

/** More than 2 % away from what was said before, or measures came or went. */
export function hasMoved(before: Usual | null, now: Usual): boolean {
  if (before === null) return true;
  const measures = new Set([...Object.keys(before), ...Object.keys(now)]);
  return [...measures].some((measure) => {
    const [then, next] = [before[measure], now[measure]];
    if (!then || !next) return true;
    const much = MOVED_SHARE * Math.max(Math.abs(then.median), SPREADS * then.spread);
    return Math.abs(next.median - then.median) > much || Math.abs(next.spread - then.spread) > much;
  });
}
