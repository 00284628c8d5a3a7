// Backtests as rows: asked for, read, interrupted and resumed.
import { type BacktestState, type Id, newId, type Phrase } from '#contracts';
import { type Place, PlatformError, pageOf, placeOf, type Sql, step } from '#runtime';
import { BACKTEST_LIFE, type BacktestEvent } from './life-cycle.ts';

/** A version of a rule with its text as it was then. */
export type TriedRule = { rule: string; version: number; text: string };
export type TriedAppliance = { id: Id; model: string; household: Id | null };

/** Times are epoch ms. */
export type BacktestRecord = {
  id: Id;
  rule: string;
  version: number;
  text: string;
  /** Null: of a file. */
  title: Phrase | null;
  againstRule: string | null;
  againstVersion: number | null;
  againstText: string | null;
  from: number;
  to: number;
  warmUpDays: number;
  /** How the appliances were chosen; both null: the whole fleet. */
  scope: { ids: number | null; model: string | null };
  state: BacktestState;
  askedBy: Id | null;
  askedAt: number;
  finishedAt: number | null;
  error: string | null;
  waitsForReadings: boolean;
  appliances: number;
  done: number;
  applianceDays: number;
  silent: number;
};

export const COLUMNS = `id, rule, version, text, (select v.title from app.rule_version v
    where v.rule = backtest.rule and v.version = backtest.version) as title, against_rule as "againstRule", against_version as "againstVersion",
  against_text as "againstText", from_at as "from", to_at as "to", warm_up_days as "warmUpDays", scope, state,
  asked_by as "askedBy", asked_at as "askedAt", finished_at as "finishedAt", error,
  waits_for_readings as "waitsForReadings", appliances, done, appliance_days as "applianceDays", silent`;

export type BacktestWish = {
  rule: TriedRule;
  against: TriedRule | null;
  from: number;
  to: number;
  warmUpDays: number;
  scope: BacktestRecord['scope'];
  appliances: readonly TriedAppliance[];
  by: Id | null;
  now: number;
};

/** Part of the caller's transaction, which also audits it. Throws `no-appliances`. */
export async function askBacktest(tx: Sql, wish: BacktestWish): Promise<Id> {
  const { rule, against, appliances } = wish;
  if (appliances.length === 0) {
    throw new PlatformError('no-appliances', 'reject', 'There is no appliance to try it on.', {
      hint: 'Choose appliances that you look after.',
    });
  }
  const id = newId();
  await tx.query(
    `insert into app.backtest (id, rule, version, text, against_rule, against_version, against_text, from_at, to_at,
       warm_up_days, scope, state, asked_by, asked_at, appliances)
     values ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, 'waiting', $12, $13, $14)`,
    [
      ...[id, rule.rule, rule.version, rule.text],
      ...[against?.rule ?? null, against?.version ?? null, against?.text ?? null],
      ...[wish.from, wish.to, wish.warmUpDays, JSON.stringify(wish.scope), wish.by, wish.now, appliances.length],
    ],
  );
  await tx.query(
    `insert into app.backtest_appliance (backtest, appliance, model, household)
     select $1, each.appliance, each.model, each.household
       from unnest($2::uuid[], $3::text[], $4::uuid[]) as each (appliance, model, household)`,
    [
      id,
      appliances.map((one) => one.id),
      appliances.map(({ model }) => model),
      appliances.map(({ household }) => household),
    ],
  );
  return id;
}

export async function backtestById(sql: Sql, id: Id): Promise<BacktestRecord | null> {
  const [row] = await sql.query<BacktestRecord>(`select ${COLUMNS} from app.backtest where id = $1`, [id]);
  return row ?? null;
}

/** Newest first, of one rule or of all. Throws `bad-cursor`. */
export async function listBacktests(
  sql: Sql,
  ask: { rule: string | null; cursor: string | null; limit: number },
): Promise<{ items: BacktestRecord[]; next: string | null }> {
  const after: Place | null = ask.cursor === null ? null : placeOf(ask.cursor);
  const rows = await sql.query<BacktestRecord>(
    `select ${COLUMNS} from app.backtest
      where ($1::text is null or rule = $1) and ($2::bigint is null or (asked_at, id) < ($2::bigint, $3::uuid))
      order by asked_at desc, id desc limit $4`,
    [ask.rule, after?.at ?? null, after?.id ?? null, ask.limit + 1],
  );
  return pageOf(rows, ask.limit, ({ askedAt, id }) => ({ at: askedAt, id }));
}

/** Whoever runs it notices within a second or two; what is done stays. Throws `not-found` and `wrong-state`. */
export const interruptBacktest = (tx: Sql, id: Id): Promise<void> => move(tx, id, 'interrupt');

/** Goes on behind the last appliance that was done. Throws `not-found` and `wrong-state`. */
export const resumeBacktest = (tx: Sql, id: Id): Promise<void> => move(tx, id, 'resume');

/** Deletes what was asked for before `before` and is over. */
export async function forgetBacktests(sql: Sql, before: number): Promise<void> {
  await sql.query("delete from app.backtest where asked_at < $1 and state not in ('waiting', 'running')", [before]);
}

async function move(tx: Sql, id: Id, event: BacktestEvent): Promise<void> {
  const [row] = await tx.query<{ state: BacktestState }>('select state from app.backtest where id = $1 for update', [
    id,
  ]);
  if (!row) throw new PlatformError('not-found', 'reject', 'There is no such backtest.');
  const to = step(BACKTEST_LIFE, 'backtest', row.state, event);
  await tx.query(
    `update app.backtest set state = $2, error = null, attempts = 0, claimed_until = 0, waits_for_readings = false
      where id = $1`,
    [id, to],
  );
}
