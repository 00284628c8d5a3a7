// To the next stage: a request for service, and the news that an alert is over. Rows of the outbox, once per alert.
import { type AlertOver, type Finding, type Id, idOf, type RankedCause, type ServiceRequest } from '#contracts';
import { put, type Sql } from '#runtime';
import { type AlertRecord, record } from './alert-record.ts';
import { planned } from './decide.ts';

/** Asks field service, unless it was asked before. Returns the alert, handed over. */
export async function handOver(
  tx: Sql,
  alert: AlertRecord,
  reason: ServiceRequest['reason'],
  now: number,
): Promise<AlertRecord> {
  if (alert.handedOverAt !== null) return alert;
  const { finding } = alert;
  const request: ServiceRequest = {
    alert: alert.id,
    appliance: finding.appliance,
    household: alert.household,
    problem: finding.problem,
    title: finding.title,
    summary: finding.summary,
    severity: finding.severity,
    cause: causeForService(finding),
    reason,
  };
  await put(tx, 'service-request', { id: idOf(alert.id, 'service-request'), key: alert.id, body: request });
  await record(tx, alert.id, 'handed-over', now);
  return planned({ ...alert, handedOverAt: now }, now);
}

/** Whoever comes is a technician: the most likely cause that one can mend, else the most likely of all. */
const causeForService = ({ causes }: Finding): RankedCause =>
  causes.find((cause) => cause.remedy.by === 'technician') ?? causes[0]!;

export async function sayOver(tx: Sql, alert: Id, how: AlertOver['how'], at: number): Promise<void> {
  const over: AlertOver = { alert, how, at };
  await put(tx, 'alert-over', { id: idOf(alert, 'alert-over'), key: alert, body: over });
}
