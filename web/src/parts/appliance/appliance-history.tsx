// The history of one appliance with its alerts marked.
import type { Alert, AlertSummary, Appliance } from '#contracts';
import { useNow } from '../../clock.ts';
import { History, type Limit } from '../chart/history.tsx';

const DAY_MS = 86_400_000;

type ApplianceHistoryProps = {
  appliance: Appliance;
  alerts: Pick<AlertSummary, 'openedAt' | 'closedAt'>[];
  alert?: Alert | undefined;
};

export function ApplianceHistory({ appliance, alerts, alert }: ApplianceHistoryProps) {
  const now = useNow();
  const overMs = alert?.closedAt ? now - Date.parse(alert.closedAt) : 0;
  return (
    <History
      appliance={appliance.id}
      latest={appliance.latest}
      spans={alerts.map(({ openedAt, closedAt }) => ({ from: openedAt, to: closedAt }))}
      limits={alert ? limitsOf(alert) : []}
      firstHours={overMs > DAY_MS ? '168' : '24'}
      first={alert?.evidence.find((item) => item.threshold?.unit === 'Cel')?.signals[0]}
    />
  );
}

/** Limits in the unit of the signal itself: a temperature against a temperature, not a duration. */
function limitsOf({ evidence }: Alert): Limit[] {
  return evidence.flatMap(({ threshold, signals }) =>
    threshold?.unit === 'Cel' || threshold?.unit === 'W'
      ? signals.map((signal) => ({ signal, value: threshold.value }))
      : [],
  );
}
