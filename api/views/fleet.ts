// The fleet at a glance. Counts come from what is open, so that a large and healthy fleet costs little.
import { listAlerts, openAlertGroups } from '#alerts';
import type { Condition, Fleet, Id } from '#contracts';
import { countService } from '#field-service';
import { heardCount, quarantinedSince } from '#ingest';
import { fleetOf } from '#registry';
import { DAY, type Sql } from '#runtime';
import { conditionOf } from './appliance.ts';

const ALERTS_AT_ONCE = 200;

export async function fleetView(sql: Sql, organisation: Id, now: number): Promise<Fleet> {
  const fleet = await fleetOf(sql, organisation);
  const [heard, openAlerts, troubled, cases, quarantinedToday] = await Promise.all([
    heardCount(sql, fleet),
    openAlertGroups(sql, organisation),
    troubledAppliances(sql, organisation),
    countService(sql, organisation),
    quarantinedSince(sql, fleet, now - (now % DAY)),
  ]);
  const conditions: Record<Condition, number> = { fine: 0, attention: 0, danger: 0, silent: 0, new: 0 };
  for (const condition of troubled.values()) conditions[condition]++;
  conditions.new = Math.max(0, fleet.length - heard);
  conditions.fine = Math.max(0, heard - troubled.size);
  return {
    appliances: fleet.length,
    conditions,
    openAlerts,
    openCases: cases.openCases,
    overdueVisits: cases.overdueVisits,
    quarantinedToday,
  };
}

async function troubledAppliances(sql: Sql, organisation: Id): Promise<Map<Id, Condition>> {
  const open = new Map<Id, Parameters<typeof conditionOf>[1][number][]>();
  let cursor: string | null = null;
  do {
    const { items, next } = await listAlerts(
      sql,
      { organisation, alerts: [] },
      { state: 'open', cursor, limit: ALERTS_AT_ONCE },
    );
    for (const alert of items) open.set(alert.appliance, [...(open.get(alert.appliance) ?? []), alert]);
    cursor = next;
  } while (cursor !== null);
  return new Map([...open].map(([appliance, alerts]) => [appliance, conditionOf(true, alerts)]));
}
