// Who runs a backtest: one at a time, wherever the platform has processes. Its rows are written only while it is his.
import type { BacktestState, Id } from '#contracts';
import { DATABASE_NOW_MS, PlatformError, SECOND, type Sql, step } from '#runtime';
import type { FoundEpisode } from './episodes.ts';
import { keepFound } from './findings.ts';
import { BACKTEST_LIFE } from './life-cycle.ts';
import type { Pair } from './match.ts';
import { type BacktestRecord, COLUMNS, type TriedAppliance } from './records.ts';

/** Whoever took it and died leaves it to others after this. */
const CLAIM_MS = 60 * SECOND;
const LOCK = 7_240_118;
const UNTIL = `${DATABASE_NOW_MS} + ${CLAIM_MS}`;
/** It ended so often at the same appliance, and nobody could say why: the process went with it. */
const ATTEMPTS = 5;

export type Claimed = BacktestRecord & { epoch: number };

const gone = (): PlatformError =>
  new PlatformError('backtest-lost', 'retry', 'The backtest was interrupted, or another process has it.');

/** The next one that waits, or that nobody goes on with; null when there is none, or one runs elsewhere. */
export async function claimBacktest(sql: Sql, owner: string, now: number): Promise<Claimed | null> {
  return sql.transaction(async (tx) => {
    await tx.query('select pg_advisory_xact_lock($1)', [LOCK]);
    const [found] = await tx.query<{ id: Id; state: BacktestState; attempts: number }>(
      `select id, state, attempts from app.backtest
        where state in ('waiting', 'running') and not exists (select 1 from app.backtest o
          where o.state = 'running' and o.claimed_until > ${DATABASE_NOW_MS} and o.owner <> $1)
        order by state = 'running' desc, asked_at, id limit 1`,
      [owner],
    );
    if (!found) return null;
    if (found.attempts >= ATTEMPTS) {
      await endIn(tx, found, 'fail', { error: 'It ended again and again at the same appliance.', now });
      return null;
    }
    const [row] = await tx.query<Claimed>(
      `update app.backtest set state = $2, owner = $3, epoch = epoch + 1, claimed_until = ${UNTIL},
              attempts = attempts + 1, waits_for_readings = false
        where id = $1 returning ${COLUMNS}, epoch`,
      [found.id, step(BACKTEST_LIFE, 'backtest', found.state, 'begin'), owner],
    );
    return row!;
  });
}

/** Still his; from here on for a while. Throws `backtest-lost` when it was interrupted, or another has it. */
export async function keepClaim(
  sql: Sql,
  { id, epoch }: Claimed,
  { waitsForReadings }: { waitsForReadings: boolean },
): Promise<void> {
  const rows = await sql.query(
    `update app.backtest set claimed_until = ${UNTIL}, waits_for_readings = $3
      where id = $1 and epoch = $2 and state = 'running' returning 1 as one`,
    [id, epoch, waitsForReadings],
  );
  if (rows.length === 0) throw gone();
}

/** Others need not wait: it goes on at once when somebody asks. */
export async function leaveClaim(sql: Sql, { id, epoch }: Claimed): Promise<void> {
  await sql.query('update app.backtest set claimed_until = 0, attempts = 0 where id = $1 and epoch = $2', [id, epoch]);
}

/** The first that is not done; null when all are. */
export async function nextAppliance(sql: Sql, { id }: Claimed): Promise<TriedAppliance | null> {
  const [row] = await sql.query<TriedAppliance>(
    `select appliance as id, model, household from app.backtest_appliance
      where backtest = $1 and not done order by appliance limit 1`,
    [id],
  );
  return row ?? null;
}

export type JudgedAppliance = { days: number; pairs: readonly Pair<FoundEpisode, FoundEpisode>[] };

/** What was found and that the appliance is done, in one. Throws `backtest-lost`: nothing is kept then. */
export async function keepAppliance(
  sql: Sql,
  claimed: Claimed,
  { id: appliance, household }: TriedAppliance,
  { days, pairs }: JudgedAppliance,
): Promise<void> {
  const { id: backtest } = claimed;
  await sql.transaction(async (tx) => {
    await mustHold(tx, claimed);
    const done = await tx.query(
      `update app.backtest_appliance set done = true where backtest = $1 and appliance = $2 and not done
        returning 1 as one`,
      [backtest, appliance],
    );
    // It was kept, and the answer to that was lost.
    if (done.length === 0) return;
    await tx.query(
      `update app.backtest set claimed_until = ${UNTIL}, attempts = 0, waits_for_readings = false, done = done + 1,
              appliance_days = appliance_days + $2, silent = silent + $3
        where id = $1`,
      [backtest, days, days === 0 ? 1 : 0],
    );
    await keepFound(tx, { backtest, appliance, household }, pairs);
  });
}

/** Until the end of the transaction nobody interrupts it or takes it. */
async function mustHold(tx: Sql, { id, epoch }: Claimed): Promise<BacktestState> {
  const [row] = await tx.query<{ state: BacktestState }>(
    `select state from app.backtest where id = $1 and epoch = $2 and state = 'running' for update`,
    [id, epoch],
  );
  if (!row) throw gone();
  return row.state;
}

/** Throws `backtest-lost`. */
export async function endBacktest(
  sql: Sql,
  claimed: Claimed,
  { error, now }: { error: string | null; now: number },
): Promise<void> {
  await sql.transaction(async (tx) => {
    const state = await mustHold(tx, claimed);
    await endIn(tx, { id: claimed.id, state }, error === null ? 'finish' : 'fail', { error, now });
  });
}

const endIn = (
  tx: Sql,
  { id, state }: { id: Id; state: BacktestState },
  event: 'finish' | 'fail',
  { error, now }: { error: string | null; now: number },
) =>
  tx.query(
    `update app.backtest set state = $2, error = $3, finished_at = $4, claimed_until = 0, waits_for_readings = false
      where id = $1`,
    [id, step(BACKTEST_LIFE, 'backtest', state, event), error, now],
  );
