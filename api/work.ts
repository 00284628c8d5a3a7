// Where a technician has work: the appliances and alerts of his open cases. Only field service knows.
import type { Id } from '#contracts';
import { listCases } from '#field-service';
import type { Sql } from '#runtime';

export type Work = { appliances: ReadonlySet<Id>; alerts: ReadonlySet<Id> };

const CASES_AT_ONCE = 200;

export async function workOf(sql: Sql, technician: Id): Promise<Work> {
  const work = { appliances: new Set<Id>(), alerts: new Set<Id>() };
  let cursor: string | null = null;
  do {
    const { items, next } = await listCases(sql, { technician }, { state: 'open', cursor, limit: CASES_AT_ONCE });
    for (const { appliance, alertId } of items) {
      work.appliances.add(appliance);
      work.alerts.add(alertId);
    }
    cursor = next;
  } while (cursor !== null);
  return work;
}
