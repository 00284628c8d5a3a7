// What happened to a machine, for its passport: append only, without people and households.
import type { Id } from '#contracts';
import type { Sql } from '#runtime';

export type UnitHappening = 'claimed' | 'transferred' | 'module-swapped' | 'firmware-changed';
export type UnitEvent = { at: number; what: UnitHappening; detail: { from?: string | null; to?: string } };

export async function noteUnitEvent(tx: Sql, appliance: Id, { at, what, detail }: UnitEvent): Promise<void> {
  await tx.query('insert into app.appliance_event (appliance, at, what, detail) values ($1, $2, $3, $4)', [
    appliance,
    at,
    what,
    JSON.stringify(detail),
  ]);
}

/** Newest first. */
export async function unitEvents(sql: Sql, appliance: Id, limit: number): Promise<UnitEvent[]> {
  return sql.query<UnitEvent>(
    'select at, what, detail from app.appliance_event where appliance = $1 order by position desc limit $2',
    [appliance, limit],
  );
}
