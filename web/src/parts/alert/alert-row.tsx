// One alert in a list.
import { useTranslation } from 'react-i18next';
import { Link } from 'wouter';
import type { AlertSummary } from '#contracts';
import { useSay, useTimes } from '../../reader.tsx';
import { AlertStatePill, SeverityPill } from '../status/pills.tsx';

export function AlertRow({ alert }: { alert: AlertSummary }) {
  const { t } = useTranslation();
  const say = useSay();
  const times = useTimes();
  const span = alert.closedAt
    ? t('time.span', { from: times.moment(alert.openedAt), to: times.moment(alert.closedAt) })
    : t('time.from', { when: times.moment(alert.openedAt) });
  return (
    <li>
      <Link className="row-link" href={`/alerts/${alert.id}`}>
        <span>
          <strong>{say.phrase(alert.title)}</strong>
          <span className="small block">
            {alert.applianceName} · {span}
          </span>
        </span>
        {alert.closedAt ? <AlertStatePill state={alert.state} /> : <SeverityPill severity={alert.severity} />}
      </Link>
    </li>
  );
}
