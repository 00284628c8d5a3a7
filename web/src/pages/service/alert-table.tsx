// Alerts as a table: how bad, which appliance and home, the likely cause, since when, which case.
import { useTranslation } from 'react-i18next';
import { Link, useLocation } from 'wouter';
import type { AlertSummary } from '#contracts';
import { AlertStatePill, SeverityPill } from '../../parts/status/pills.tsx';
import { useSay, useTimes } from '../../reader.tsx';

export function AlertTable({ alerts, shown }: { alerts: AlertSummary[]; shown: string | undefined }) {
  const { t } = useTranslation();
  return (
    <table className="table">
      <thead>
        <tr>
          <th scope="col">{t('table.alert')}</th>
          <th scope="col">{t('table.appliance')}</th>
          <th scope="col">{t('table.cause')}</th>
          <th scope="col">{t('table.since')}</th>
          <th scope="col">{t('table.case')}</th>
        </tr>
      </thead>
      <tbody>
        {alerts.map((alert) => (
          <AlertTableRow key={alert.id} alert={alert} shown={alert.id === shown} />
        ))}
      </tbody>
    </table>
  );
}

function AlertTableRow({ alert, shown }: { alert: AlertSummary; shown: boolean }) {
  const { t } = useTranslation();
  const say = useSay();
  const times = useTimes();
  const [, go] = useLocation();
  return (
    // The link in the first cell is the keyboard's way; a click anywhere in the row does the same.
    <tr className={shown ? 'shown' : undefined} onClick={() => go(`/alerts/${alert.id}`)}>
      <td>
        <Link href={`/alerts/${alert.id}`} aria-current={shown ? 'true' : undefined}>
          {say.phrase(alert.title)}
        </Link>
        {alert.closedAt ? <AlertStatePill state={alert.state} /> : <SeverityPill severity={alert.severity} />}
      </td>
      <td data-label={t('table.appliance')}>
        {alert.applianceName}
        <span className="small block">
          {alert.household ? `${alert.household.name} · ${alert.household.region}` : t('appliance.noHousehold')}
        </span>
      </td>
      <td data-label={t('table.cause')}>
        {say.phrase(alert.topCause.name)}
        <span className="small block">{say.percent(alert.topCause.probability)}</span>
      </td>
      <td data-label={t('table.since')} title={times.moment(alert.openedAt)}>
        {times.relative(alert.openedAt)}
      </td>
      <td data-label={t('table.case')}>
        {alert.caseId ? (
          <Link
            href={`/cases/${alert.caseId}`}
            aria-label={`${t('table.toCase')}: ${t('table.case')}, ${alert.applianceName}`}
            onClick={(event) => event.stopPropagation()}
          >
            {t('table.toCase')}
          </Link>
        ) : (
          <span className="soft">{t('table.noCase')}</span>
        )}
      </td>
    </tr>
  );
}
