// Readings that came later than they could be judged, as rows: each leads to a second look once the store holds them. A
// look that was taken stays a row until a snapshot stands behind it, so that a replay takes it again at the same place.
import type { Finding, Id } from '#contracts';
import { keptFrom, type Lease, type Migration, type Sql } from '#runtime';
import type { LateReadings } from './second-look.ts';

export const lateTable: Migration = {
  name: 'diagnosis-rules/003-late-readings',
  statements: [
    `create table app.late_readings (
       id bigint generated always as identity primary key,
       partition int not null,
       appliance uuid not null,
       since bigint not null,
       heard_before bigint not null,
       looked_at bigint)`,
    'create unique index late_readings_waiting on app.late_readings (appliance) where looked_at is null',
    'create index late_readings_partition on app.late_readings (partition)',
  ],
};

/** Older than this is stored, and not looked at again: nobody would do anything about it. */
export const LATEST_LOOK_MS = 7 * 24 * 60 * 60_000;

/** `since`: stamp of the oldest, epoch ms. `lookedAt`: the log position that the look stands at; null before it. */
export type LateRow = { id: number; appliance: Id; since: number; lookedAt: number | null };

/** `before`: the log position behind which they were heard. */
export async function keepLate(
  tx: Sql,
  { partition }: Lease,
  late: readonly LateReadings[],
  before: number,
): Promise<void> {
  if (late.length === 0) return;
  await tx.query(
    `insert into app.late_readings as l (partition, appliance, since, heard_before)
     select $1, each.appliance, each.since, $4 from unnest($2::uuid[], $3::bigint[]) as each (appliance, since)
     on conflict (appliance) where looked_at is null do update
       set since = least(l.since, excluded.since), heard_before = excluded.heard_before`,
    [partition, late.map(({ appliance }) => appliance), late.map(({ from }) => Math.floor(from)), before],
  );
}

/** Those whose readings `consumer` has stored, oldest first. */
export async function lateThatIsStored(sql: Sql, { partition }: Lease, consumer: string): Promise<LateRow[]> {
  return sql.query<LateRow>(
    `select id, appliance, since, looked_at as "lookedAt" from app.late_readings
      where partition = $1 and looked_at is null and heard_before <= $2 order by id limit 100`,
    [partition, await keptFrom(sql, { consumer, partition })],
  );
}

/** Looks that a replay from `position` on has to take again, in their order. */
export async function looksBehind(sql: Sql, { partition }: Lease, position: number): Promise<LateRow[]> {
  return sql.query<LateRow>(
    `select id, appliance, since, looked_at as "lookedAt" from app.late_readings
      where partition = $1 and looked_at > $2 order by looked_at, id`,
    [partition, position],
  );
}

export async function markLooked(tx: Sql, row: LateRow, position: number): Promise<void> {
  await tx.query('update app.late_readings set looked_at = $2 where id = $1', [row.id, position]);
}

/** A snapshot stands at `position`. */
export async function forgetLooks(sql: Sql, { partition }: Lease, position: number): Promise<void> {
  await sql.query('delete from app.late_readings where partition = $1 and looked_at <= $2', [partition, position]);
}

/** What was found of the appliance from `since` on, and what is open. */
export async function findingsSince(sql: Sql, appliance: Id, since: number): Promise<Finding[]> {
  const rows = await sql.query<{ body: Finding }>(
    `select body from app.finding where appliance = $1 and (closed_at is null or closed_at >= $2) order by opened_at`,
    [appliance, since],
  );
  return rows.map(({ body }) => body);
}

/** Of these appliances, when the oldest finding that is open was opened: what went before is needed to go on with it. */
export async function openSince(sql: Sql, appliances: readonly Id[]): Promise<LateReadings[]> {
  return sql.query<LateReadings>(
    `select appliance, min(opened_at) as "from" from app.finding
      where appliance = any($1::uuid[]) and state = 'open' group by appliance`,
    [appliances],
  );
}
