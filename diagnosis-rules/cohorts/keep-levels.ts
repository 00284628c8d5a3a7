// What each appliance has learned to be usual for itself, as rows: cohorts are made of them.
import type { Id } from '#contracts';
import { DAY, HOUR, type Sql } from '#runtime';

export type Levels = { appliance: Id; model: string; levels: Record<string, number> };

/** Small enough that nobody waits for a batch. */
const AT_ONCE = 500;
/** Rounds come once a day, and not by the minute. */
const NOT_AGAIN_WITHIN_MS = DAY - HOUR;

/** At most daily for each appliance; `at`, epoch ms, is when they were known. */
export async function keepLevels(sql: Sql, all: readonly Levels[], at: number): Promise<void> {
  for (let from = 0; from < all.length; from += AT_ONCE) {
    const batch = all.slice(from, from + AT_ONCE);
    await sql.query(
      `insert into app.appliance_usual as u (appliance, model, levels, at)
       select each.appliance, each.model, each.levels, $4
         from unnest($1::uuid[], $2::text[], $3::jsonb[]) as each (appliance, model, levels)
       on conflict (appliance) do update set model = excluded.model, levels = excluded.levels, at = excluded.at
        where excluded.at - u.at >= $5`,
      [
        batch.map(({ appliance }) => appliance),
        batch.map(({ model }) => model),
        batch.map(({ levels }) => JSON.stringify(levels)),
        at,
        NOT_AGAIN_WITHIN_MS,
      ],
    );
  }
}
