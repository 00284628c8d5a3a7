// Cohorts as rows: what is known of each model, and which appliances lie far from it.
import type { CohortBody, Id } from '#contracts';
import type { Sql } from '#runtime';
import type { Cohort } from '../usual.ts';

/** `at`, epoch ms: since when it is so. */
export type CohortRecord = CohortBody & { at: number };

/** What was known of each model at `at`, epoch ms; without it: what is known now. */
export async function listCohorts(sql: Sql, at: number | null = null): Promise<CohortRecord[]> {
  return sql.query<CohortRecord>(
    `select distinct on (model) model, at, appliances, usual from app.cohort
      where $1::bigint is null or at <= $1::bigint order by model, at desc`,
    [at],
  );
}

/** For an evaluator that begins without a memory. */
export async function knownCohorts(sql: Sql, at: number | null = null): Promise<Map<string, Cohort>> {
  return new Map((await listCohorts(sql, at)).map(({ model, usual }) => [model, usual]));
}

export type Outlier = { appliance: Id; model: string; measure: string; level: number };

const FAR_SPREADS = 3;
/** As a share of the level: closer is nothing, however alike the others are. */
const FAR_SHARE = 0.05;
const OUTLIERS_AT_MOST = 500;

/** Appliances whose own level lies far from that of their model, the farthest first. */
export async function listOutliers(sql: Sql): Promise<Outlier[]> {
  return sql.query<Outlier>(
    `with known as (select distinct on (model) model, usual from app.cohort order by model, at desc)
     select appliance, model, measure, level from (
       select u.appliance, u.model, each.key as measure, each.value::float8 as level,
              (k.usual -> each.key ->> 'median')::float8 as median,
              (k.usual -> each.key ->> 'spread')::float8 as spread
         from app.appliance_usual u join known k on k.model = u.model, jsonb_each_text(u.levels) each
        where k.usual ? each.key) as held
      where abs(level - median) > greatest($1::float8 * spread, $2::float8 * abs(median))
      order by abs(level - median) / greatest(spread, $2::float8 * abs(median), 1e-9) desc, appliance limit $3`,
    [FAR_SPREADS, FAR_SHARE, OUTLIERS_AT_MOST],
  );
}
