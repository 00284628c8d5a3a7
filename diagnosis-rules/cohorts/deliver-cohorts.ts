// Once a day: what is usual for each model, as a record of the log, so that every worker and every replay hears of it at
// the same place.
import type { CohortBody } from '#contracts';
import { DAY, factRecord, type LogWriter, MINUTE, type Sql } from '#runtime';
import { computeCohorts, hasMoved } from './cohort-of.ts';
import { listCohorts } from './known-cohorts.ts';

/** Whoever took the round and died leaves it to the others after this. */
const CLAIM_MS = 10 * MINUTE;
const EVERY_MS = 1 * DAY;

/**
 * When a day has passed since the last round: appends the cohorts that are new or have moved, and keeps them; at least
 * once. No transaction is open while the log takes them. Returns how many there were.
 */
export async function deliverCohorts({ sql, log }: { sql: Sql; log: LogWriter }, now: number): Promise<number> {
  const claimed = await sql.query('update app.cohort_round set next_at = $1 where next_at <= $2 returning 1 as one', [
    now + CLAIM_MS,
    now,
  ]);
  if (claimed.length === 0) return 0;
  const known = new Map((await listCohorts(sql)).map(({ model, usual }) => [model, usual]));
  const moved = (await computeCohorts(sql, now)).filter(({ model, usual }) =>
    hasMoved(known.get(model) ?? null, usual),
  );
  for (const cohort of moved) {
    await append(log, now, cohort);
    await keep(sql, now, cohort);
  }
  await sql.query('update app.cohort_round set next_at = $1', [now + EVERY_MS]);
  return moved.length;
}

async function keep(sql: Sql, now: number, { model, appliances, usual }: CohortBody): Promise<void> {
  await sql.query(
    `insert into app.cohort (model, at, appliances, usual) values ($1, $2, $3, $4)
     on conflict (model, at) do update set appliances = excluded.appliances, usual = excluded.usual`,
    [model, now, appliances, JSON.stringify(usual)],
  );
}

const append = (log: LogWriter, now: number, body: CohortBody): Promise<void> =>
  new Promise((resolve, reject) => {
    log.append(factRecord('cohort', now, '', body), (error) => (error ? reject(error) : resolve()));
  });
