// The ledger compared: what the door acknowledged with what became of it, what must stand in quarantine with what does,
// and what the store must hold with what it holds. A difference is a row, and an alarm until a later check finds none.
import { type Id, newId } from '#contracts';
import { DAY, HOUR, MINUTE, type Sql } from '#runtime';
import type { ReadingsStore } from '../ports.ts';
import { HOUR_COLUMNS, hourOf } from './hours.ts';

export const BALANCES = ['messages', 'quarantine', 'readings'] as const;
export type Balance = (typeof BALANCES)[number];

/**
 * `found` is not between `expectedLow` and `expectedHigh`. Of `messages`: expected at the door, found by the consumer, of
 * one hour; of `quarantine`: rows, of one day of receipt; of `readings`: in the store, of one day of their stamps.
 */
export type Difference = {
  balance: Balance;
  appliance: Id;
  from: number;
  to: number;
  expectedLow: number;
  expectedHigh: number;
  found: number;
};

/** `covers`: the span of time that was looked at; what stands outside of it stays as it was. */
export type Checked = {
  balance: Balance;
  checked: number;
  differences: Difference[];
  covers: { from: number; to: number };
};

/** A door that wrote nothing for so long is gone. */
const DOOR_GONE_MS = 5 * MINUTE;

/** One fault may concern everybody; so many rows say it. */
const AT_MOST = 1_000;
const NOTHING = { from: 0, to: 0 };

/** A door that is gone left its last hours uncounted: there what it counted is a lower bound. */
async function noteLostDoors(sql: Sql, now: number): Promise<void> {
  await sql.query(
    `update app.ledger_door_session set ended = 'lost', ended_at = $1 where ended is null and flushed_at < $2`,
    [now, now - DOOR_GONE_MS],
  );
}

/** Hours that are final on both sides, and lie behind the beginning of both. */
async function finalHours(sql: Sql): Promise<{ from: number; to: number }> {
  const [row] = await sql.query<{ begun: number | null; opened: number | null; until: number | null }>(
    `select (select max(begun_at) from app.ledger_partition)::bigint as begun,
            (select min(opened_at) from app.ledger_door_session)::bigint as opened,
            (select min(counted_until) from app.ledger_partition)::bigint as until`,
  );
  if (!row || row.begun === null || row.opened === null || row.until === null) return NOTHING;
  const [doors] = await sql.query<{ hourTo: number | null; saidAt: number }>(
    `select min(hour_to) filter (where ended is null) as "hourTo", max(greatest(hour_to_at, ended_at)) as "saidAt"
       from app.ledger_door_session`,
  );
  // What a door said last of its hours must be counted on the other side too; a moment later it is.
  if (row.until < doors!.saidAt) return NOTHING;
  return {
    from: hourOf(Math.max(row.begun, row.opened) - 1) + HOUR,
    to: Math.min(hourOf(row.until) + HOUR, doors!.hourTo ?? Number.MAX_SAFE_INTEGER),
  };
}

const MESSAGES = `
  with door as (
    select appliance, hour, sum(messages)::bigint as messages, sum(unsure)::bigint as unsure
      from app.ledger_door where hour >= $1 and hour < $2 group by appliance, hour),
  consumer as (
    select appliance, hour, decoded + quarantined + commands as messages
      from app.ledger_hour where hour >= $1 and hour < $2),
  lost as (
    select counted_to - counted_to % ${HOUR} as hour_from, ended_at as hour_to
      from app.ledger_door_session where ended = 'lost'),
  both_sides as (
    select coalesce(door.appliance, consumer.appliance) as appliance, coalesce(door.hour, consumer.hour) as hour,
           coalesce(door.messages, 0) as low, coalesce(door.messages, 0) + coalesce(door.unsure, 0) as high,
           coalesce(consumer.messages, 0) as found
      from door full join consumer on door.appliance = consumer.appliance and door.hour = consumer.hour)`;

/** The two sides agree, or a door that is gone left uncounted what the consumer found. */
const EVEN = `(found >= low and (found <= high or exists (
  select 1 from lost where both_sides.hour >= lost.hour_from and both_sides.hour <= lost.hour_to)))`;

/** Every closed hour that is still kept apart; with `since` only those that begin at or after it. */
export async function checkMessages(sql: Sql, now: number, { since = 0 }: { since?: number } = {}): Promise<Checked> {
  await noteLostDoors(sql, now);
  const final = await finalHours(sql);
  const covers = { ...final, from: Math.max(final.from, since) };
  if (covers.from >= covers.to) return { balance: 'messages', checked: 0, differences: [], covers: NOTHING };
  const span = [covers.from, covers.to];
  const [all] = await sql.query<{ checked: number }>(
    `${MESSAGES} select count(*)::int as checked from both_sides`,
    span,
  );
  const differences = await sql.query<Difference>(
    `${MESSAGES}
     select 'messages' as balance, appliance, hour as "from", hour + ${HOUR} as "to", low as "expectedLow",
            high as "expectedHigh", found
       from both_sides where not ${EVEN} order by hour, appliance limit ${AT_MOST}`,
    span,
  );
  return { balance: 'messages', checked: all!.checked, differences, covers };
}

/** Every row that must stand in quarantine. */
export async function checkQuarantine(sql: Sql): Promise<Checked> {
  const rows = await sql.query<{ appliance: Id; day: number; kept: number; found: number }>(
    `select coalesce(k.appliance, q.appliance) as appliance, coalesce(k.day, q.day) as day,
            coalesce(k.messages, 0)::bigint as kept, coalesce(q.messages, 0)::bigint as found
       from app.ledger_kept k
       full join (select appliance, received_at - received_at % ${DAY} as day, count(*) as messages
                    from app.quarantine group by 1, 2) q
         on q.appliance = k.appliance and q.day = k.day`,
  );
  return {
    balance: 'quarantine',
    checked: rows.length,
    covers: { from: 0, to: Number.MAX_SAFE_INTEGER },
    differences: rows
      .filter(({ kept, found }) => kept !== found)
      .slice(0, AT_MOST)
      .map(({ appliance, day, kept, found }) => ({
        balance: 'quarantine',
        appliance,
        from: day,
        to: day + DAY,
        expectedLow: kept,
        expectedHigh: kept,
        found,
      })),
  };
}

export type Counting = { count: ReadingsStore['count']; now: () => number };
type DayRow = { appliance: Id; fresh: number; late: number; refused: number };

const DAY_ROW = `
  select d.appliance, d.fresh, d.late,
         (select count(distinct (r.signal, r.at)) from app.ledger_refused r
           where r.appliance = d.appliance and r.at >= d.day and r.at < d.day + ${DAY})::bigint as refused
    from app.ledger_day d`;

/** The first day of which everything was counted from its beginning. */
async function firstWholeDay(sql: Sql): Promise<number | null> {
  const [row] = await sql.query<{ begun: number | null }>(
    'select max(unknown_to)::bigint as begun from app.ledger_partition',
  );
  if (!row || row.begun === null) return null;
  return row.begun === 0 ? 0 : dayOf(row.begun) + DAY;
}

/**
 * Asks the store, appliance by appliance, how many readings it holds of a day that is over. With `again` also those that
 * were compared before and have not changed since. `pause` is waited for between two questions.
 */
export async function checkReadings(
  sql: Sql,
  { count, now }: Counting,
  { day, again = false, pause }: { day: number; again?: boolean; pause?: () => Promise<void> },
): Promise<Checked & { unsettled: number }> {
  const done = {
    balance: 'readings' as const,
    checked: 0,
    differences: [] as Difference[],
    unsettled: 0,
    covers: NOTHING,
  };
  const first = await firstWholeDay(sql);
  if (first === null || day < first || day + DAY > now()) return done;
  const rows = await sql.query<{ appliance: Id }>(
    `select appliance from app.ledger_day
      where day = $1 and ($2 or checked_fresh is distinct from fresh or checked_late is distinct from late)
     union select distinct appliance from app.ledger_hour where $2 and hour >= $1 and hour < $1 + ${DAY} order by 1`,
    [day, again],
  );
  for (const { appliance } of rows) {
    await pause?.();
    const compared = await compare(sql, { count, now }, appliance, day);
    if (compared === 'unsettled') done.unsettled++;
    else done.checked++;
    if (typeof compared === 'object') done.differences.push(compared);
  }
  return done;
}

async function compare(
  sql: Sql,
  { count, now }: Counting,
  appliance: Id,
  day: number,
): Promise<Difference | 'balanced' | 'unsettled'> {
  const before = await dayRow(sql, appliance, day);
  const found = await count({ appliance, from: day, to: day + DAY });
  const countedAt = now();
  const { fresh, late, refused } = await dayRow(sql, appliance, day);
  if (fresh !== before.fresh || late !== before.late || refused !== before.refused) return 'unsettled';
  // What was refused may stand there from another message all the same.
  const [expectedLow, expectedHigh] = [Math.max(0, fresh - refused), fresh + late];
  if (found >= expectedLow && found <= expectedHigh) {
    await sql.query(
      'update app.ledger_day set checked_fresh = $3, checked_late = $4 where appliance = $1 and day = $2',
      [appliance, day, fresh, late],
    );
    await sql.query(
      `update app.ledger_alarm set over_at = $3
        where balance = 'readings' and appliance = $1 and span_from = $2 and over_at is null`,
      [appliance, day, countedAt],
    );
    return 'balanced';
  }
  // It may hold what came just now and is not counted yet.
  if (found > expectedHigh && !(await countedBy(sql, countedAt))) return 'unsettled';
  return { balance: 'readings', appliance, from: day, to: day + DAY, expectedLow, expectedHigh, found };
}

async function dayRow(sql: Sql, appliance: Id, day: number): Promise<DayRow> {
  const [row] = await sql.query<DayRow>(`${DAY_ROW} where d.appliance = $1 and d.day = $2`, [appliance, day]);
  return row ?? { appliance, fresh: 0, late: 0, refused: 0 };
}

async function countedBy(sql: Sql, at: number): Promise<boolean> {
  const [row] = await sql.query<{ until: number | null }>(
    'select min(counted_until)::bigint as until from app.ledger_partition',
  );
  return row !== undefined && row.until !== null && row.until >= at;
}

/**
 * Keeps what a check found. A difference that stands is one alarm, however often it is found; one that a check of its span
 * no longer finds is over, and one that was settled comes back only when it changes.
 */
export async function noteChecked(
  sql: Sql,
  { balance, checked, differences, covers }: Checked,
  now: number,
): Promise<void> {
  await sql.transaction(async (tx) => {
    for (const { appliance, from, to, expectedLow, expectedHigh, found } of differences)
      await tx.query(RAISE, [newId(), balance, appliance, from, to, expectedLow, expectedHigh, found, now]);
    const seen = differences.map(({ appliance, from }) => ({ appliance, from }));
    if (seen.length < AT_MOST)
      await tx.query(
        `update app.ledger_alarm a set over_at = $2
          where balance = $1 and over_at is null and span_from >= $3 and span_to <= $4 and not exists (
            select 1 from jsonb_to_recordset($5::jsonb) as seen (appliance uuid, "from" bigint)
             where seen.appliance = a.appliance and seen."from" = a.span_from)`,
        [balance, now, covers.from, covers.to, JSON.stringify(seen)],
      );
    await tx.query(
      `insert into app.ledger_check (balance, at, checked) values ($1, $2, $3)
       on conflict (balance) do update set at = excluded.at, checked = excluded.checked`,
      [balance, now, checked],
    );
  });
}

const RAISE = `
  insert into app.ledger_alarm as a (id, balance, appliance, span_from, span_to, expected_low, expected_high, found,
    raised_at, seen_at)
  values ($1, $2, $3, $4, $5, $6, $7, $8, $9, $9)
  on conflict (balance, appliance, span_from) do update set
    expected_low = excluded.expected_low, expected_high = excluded.expected_high, found = excluded.found,
    seen_at = excluded.seen_at,
    settled = a.settled and a.found = excluded.found and a.expected_low = excluded.expected_low,
    over_at = case when a.settled and a.found = excluded.found and a.expected_low = excluded.expected_low
      then a.over_at end,
    raised_at = case when a.over_at is null then a.raised_at else excluded.raised_at end`;

/** Balanced hours before `before` become one row a day for all; what does not balance stays. */
export async function foldHours(sql: Sql, before: number): Promise<void> {
  const sums = PAST.map((column) => `sum(${column})::bigint`).join(', ');
  await sql.query(
    `${MESSAGES},
     even as (select appliance, hour from both_sides where ${EVEN}),
     door_rows as (
       delete from app.ledger_door d using even where d.appliance = even.appliance and d.hour = even.hour
       returning d.hour, d.messages),
     hour_rows as (
       delete from app.ledger_hour h using even where h.appliance = even.appliance and h.hour = even.hour
       returning h.*)
     insert into app.ledger_past as past (day, ${PAST.join(', ')})
     select hour - hour % ${DAY}, ${sums}
       from (select hour, messages as received, ${PAST.slice(1)
         .map((column) => `0 as ${column}`)
         .join(', ')} from door_rows
             union all select hour, 0, ${PAST.slice(1).join(', ')} from hour_rows) as gone
      group by 1
     on conflict (day) do update set
       ${PAST.map((column) => `${column} = past.${column} + excluded.${column}`).join(', ')}`,
    [0, before],
  );
}

const PAST = ['received', ...HOUR_COLUMNS] as const;
const dayOf = (at: number): number => at - (at % DAY);
