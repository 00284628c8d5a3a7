// Days of appliances whose readings are not rolled up, for a readings engine that has no transactions of its own: a row is
// there before the position behind its readings is saved, and goes when they are in the roll-ups.
import type { Id } from '#contracts';
import { DATABASE_NOW_MS, MINUTE, type Sql } from '#runtime';

/** Longer than a day of one appliance takes. Who died on the way leaves it to another then. */
const CLAIMED_MS = 5 * MINUTE;

/** `day` is its begin, epoch ms, UTC. */
export type ApplianceDay = { day: number; appliance: Id };
/** `mark` changes when readings come meanwhile. */
export type DueDay = ApplianceDay & { mark: string };

export type DueDays = {
  /** Call it when the readings are durable. */
  mark(days: readonly ApplianceDay[]): Promise<void>;
  /** The oldest that begin before `before`, at most so many, all of one day; nobody else gets them for a while. */
  claim(before: number, most: number): Promise<DueDay[]>;
  /** Rolled up; one that was marked meanwhile stays due. */
  done(days: readonly DueDay[]): Promise<void>;
  /** Days of the appliance that begin in [from, to) and are due, oldest first. */
  of(query: { appliance: Id; from: number; to: number }): Promise<number[]>;
  /** Whether anything before is due. */
  anyBefore(day: number): Promise<boolean>;
};

export function dueDays(sql: Sql): DueDays {
  return {
    async mark(days) {
      if (days.length === 0) return;
      await sql.query(
        `insert into app.rollup_due (day, appliance)
         select day, appliance from unnest($1::bigint[], $2::uuid[]) as row (day, appliance)
         order by day, appliance
         on conflict (day, appliance) do update set mark = excluded.mark, claimed_until = 0`,
        [days.map(({ day }) => day), days.map(({ appliance }) => appliance)],
      );
    },
    claim: (before, most) =>
      sql.query<DueDay>(
        `update app.rollup_due due set claimed_until = ${DATABASE_NOW_MS} + ${CLAIMED_MS}
           from (select day, appliance from app.rollup_due
             where claimed_until < ${DATABASE_NOW_MS}
               and day = (select min(day) from app.rollup_due where day < $1 and claimed_until < ${DATABASE_NOW_MS})
             order by appliance limit $2 for update skip locked) as free
          where due.day = free.day and due.appliance = free.appliance
          returning due.day, due.appliance, due.mark`,
        [before, most],
      ),
    async done(days) {
      await sql.query(
        `delete from app.rollup_due due
          using unnest($1::bigint[], $2::uuid[], $3::uuid[]) as row (day, appliance, mark)
          where due.day = row.day and due.appliance = row.appliance and due.mark = row.mark`,
        [days.map(({ day }) => day), days.map(({ appliance }) => appliance), days.map(({ mark }) => mark)],
      );
    },
    async of({ appliance, from, to }) {
      const rows = await sql.query<{ day: number }>(
        'select day from app.rollup_due where appliance = $1 and day >= $2 and day < $3 order by day',
        [appliance, Math.ceil(from), Math.ceil(to)],
      );
      return rows.map(({ day }) => day);
    },
    async anyBefore(day) {
      const rows = await sql.query('select 1 as one from app.rollup_due where day < $1 limit 1', [day]);
      return rows.length > 0;
    },
  };
}
