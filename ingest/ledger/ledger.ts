// The ledger as a whole: its checks in turn, what they found, what is kept of it and for how long.
import type { Id } from '#contracts';
import { DAY, HOUR, type Sql } from '#runtime';
import {
  type Balance,
  type Checked,
  type Counting,
  checkMessages,
  checkQuarantine,
  checkReadings,
  type Difference,
  foldHours,
  noteChecked,
} from './check.ts';

/** Balanced hours are kept apart so long. */
const HOURS_KEPT_MS = 3 * DAY;
/** A day is kept longer than any reading may lie behind its receipt. */
const DAYS_LONGER = 10;
const ALARMS_KEPT_MS = 400 * DAY;
/** Days that are looked at again when late readings came. */
const DAYS_CHECKED = 14;

export type LedgerDeps = Counting & {
  sql: Sql;
  /** Waited for between two questions to the store. */
  pause?: () => Promise<void>;
};

/** What can be told from the database alone. With `since`: of the hours from there on, which takes a moment. */
export async function checkCounts(
  { sql, now }: Pick<LedgerDeps, 'sql' | 'now'>,
  span: { since?: number } = {},
): Promise<Checked[]> {
  const found = [await checkMessages(sql, now(), span), await checkQuarantine(sql)];
  for (const checked of found) await noteChecked(sql, checked, now());
  return found;
}

/** Asks the store about the days that are over and have changed since it was asked last. */
export async function checkStore(deps: LedgerDeps): Promise<Checked> {
  const today = deps.now() - (deps.now() % DAY);
  const all: Checked = { balance: 'readings', checked: 0, differences: [], covers: { from: 0, to: 0 } };
  for (let day = today - DAYS_CHECKED * DAY; day < today; day += DAY) {
    const one = await checkReadings(deps.sql, deps, { day, ...(deps.pause ? { pause: deps.pause } : {}) });
    all.checked += one.checked;
    all.differences.push(...one.differences);
  }
  await noteChecked(deps.sql, all, deps.now());
  return all;
}

/** One day of stamps, whatever was found of it before; `day` is its first millisecond. */
export async function checkDay(deps: LedgerDeps, day: number): Promise<Checked & { unsettled: number }> {
  const one = await checkReadings(deps.sql, deps, { day, again: true });
  await noteChecked(deps.sql, one, deps.now());
  return one;
}

export type LedgerAlarm = Difference & {
  id: Id;
  raisedAt: number;
  seenAt: number;
  overAt: number | null;
  settled: boolean;
};

/** Those that stand, or the newest of all. */
export async function listLedgerAlarms(
  sql: Sql,
  { standing, limit }: { standing: boolean; limit: number },
): Promise<LedgerAlarm[]> {
  return sql.query<LedgerAlarm>(
    `select id, balance, appliance, span_from as "from", span_to as "to", expected_low as "expectedLow",
            expected_high as "expectedHigh", found, raised_at as "raisedAt", seen_at as "seenAt", over_at as "overAt",
            settled
       from app.ledger_alarm where not $1 or over_at is null order by raised_at desc, id desc limit $2`,
    [standing, limit],
  );
}

export async function hasLedgerAlarm(sql: Sql, id: Id): Promise<boolean> {
  return (await sql.query('select 1 as one from app.ledger_alarm where id = $1', [id])).length > 0;
}

/** By how much what was found differs from what was expected, of all alarms that stand. */
export async function standingDifferences(
  sql: Sql,
): Promise<{ balance: Balance; alarms: number; difference: number }[]> {
  return sql.query(
    `select balance, count(*)::int as alarms,
            sum(case when found < expected_low then expected_low - found else found - expected_high end)::bigint
              as difference
       from app.ledger_alarm where over_at is null group by balance order by balance`,
  );
}

/** Somebody knows why, and wants to hear of it again only when it changes. False when no such alarm stands. */
export async function settleLedgerAlarm(tx: Sql, id: Id, now: number): Promise<boolean> {
  const rows = await tx.query(
    `update app.ledger_alarm set settled = true, over_at = $2 where id = $1 and over_at is null returning 1 as one`,
    [id, now],
  );
  return rows.length > 0;
}

export type LedgerDay = {
  day: number;
  received: number;
  decoded: number;
  quarantined: number;
  commands: number;
  replayed: number;
  readings: number;
  repeated: number;
  late: number;
  rejected: number;
};

/** All appliances together, by day of receipt, newest first. Of today what was written until now. */
export async function listLedgerDays(sql: Sql, { from }: { from: number }): Promise<LedgerDay[]> {
  const columns = ['decoded', 'quarantined', 'commands', 'replayed', 'readings', 'repeated', 'late', 'rejected'];
  const sums = ['received', ...columns].map((column) => `sum(${column})::bigint as ${column}`).join(', ');
  return sql.query<LedgerDay>(
    `select day, ${sums} from (
       select day, received, ${columns.join(', ')} from app.ledger_past where day >= $1
       union all
       select hour - hour % ${DAY}, 0, ${columns.join(', ')} from app.ledger_hour where hour >= $1
       union all
       select hour - hour % ${DAY}, messages, ${columns.map(() => '0').join(', ')} from app.ledger_door where hour >= $1
     ) as everything group by day order by day desc`,
    [from],
  );
}

export async function lastLedgerChecks(sql: Sql): Promise<{ balance: Balance; at: number; checked: number }[]> {
  return sql.query('select balance, at, checked from app.ledger_check order by balance');
}

/** What is balanced and old is added up or forgotten; a difference stays for a year. */
export async function forgetLedger(sql: Sql, now: number, { rawDays }: { rawDays: number }): Promise<void> {
  const days = now - (rawDays + DAYS_LONGER) * DAY;
  await foldHours(sql, now - HOURS_KEPT_MS - ((now - HOURS_KEPT_MS) % HOUR));
  await sql.query('delete from app.ledger_day where day < $1', [days]);
  await sql.query('delete from app.ledger_refused where at < $1', [days]);
  await sql.query('delete from app.ledger_past where day < $1', [now - ALARMS_KEPT_MS]);
  await sql.query('delete from app.ledger_alarm where over_at < $1', [now - ALARMS_KEPT_MS]);
  await sql.query(
    `delete from app.ledger_door_session s where ended_at < $1
        and not exists (select 1 from app.ledger_door d where d.session = s.id)
        and exists (select 1 from app.ledger_door_session first where first.opened_at < s.opened_at)`,
    [now - HOURS_KEPT_MS],
  );
}
