// An alert as people see it: with its case, and with what was told to them.
import { type AlertSummaryView, alertById } from '#alerts';
import type { Alert, Id } from '#contracts';
import { casesOfAlerts } from '#field-service';
import type { Viewer } from '#registry';
import type { Sql } from '#runtime';
import { notFound } from '../problems.ts';

export async function withCases<Summary extends AlertSummaryView>(
  sql: Sql,
  alerts: readonly Summary[],
): Promise<(Summary & { caseId: Id | null })[]> {
  const cases = await casesOfAlerts(
    sql,
    alerts.map((alert) => alert.id),
  );
  return alerts.map((alert) => ({ ...alert, caseId: cases.get(alert.id) ?? null }));
}

/** An owner sees what the household was told, not what service says among itself. */
export async function alertView(sql: Sql, id: Id, viewer: Viewer): Promise<Alert> {
  const found = await alertById(sql, id);
  if (!found) throw notFound();
  const own =
    viewer.role === 'owner' ? found.notifications.filter(({ toRole }) => toRole === 'owner') : found.notifications;
  return (await withCases(sql, [{ ...found, notifications: own }]))[0]!;
}
