// What an appliance does now: its latest values, its history, its alerts.
import { useTranslation } from 'react-i18next';
import type { Appliance } from '#contracts';
import { useAlert, useAlerts, usePerson } from '../../client/queries.ts';
import { AlertRow } from '../../parts/alert/alert-row.tsx';
import { ApplianceHistory } from '../../parts/appliance/appliance-history.tsx';
import { LatestValues } from '../../parts/appliance/latest-values.tsx';
import { Rejected } from '../../parts/appliance/rejected.tsx';
import { offers } from '../../parts/offers.ts';
import { Empty } from '../../parts/status/loaded.tsx';
import { useSay } from '../../reader.tsx';
import { LiveCard } from './live.tsx';
import { PresenceCard } from './presence.tsx';
import { OpenSessions } from './remote-sessions.tsx';
import { Reports } from './report.tsx';

export function ApplianceNow({ appliance }: { appliance: Appliance }) {
  const { t } = useTranslation();
  const { role } = usePerson();
  const alerts = useAlerts('all');
  const own = alerts.data?.items.filter((alert) => alert.appliance === appliance.id) ?? [];
  const open = useAlert(appliance.openAlerts[0]?.id);
  return (
    <div className="stack">
      {offers(role, 'remoteSessions') && <OpenSessions appliance={appliance.id} />}
      {offers(role, 'askRemoteSession') && <LiveCard appliance={appliance} />}
      <section className="card">
        <h2>{t('appliance.now')}</h2>
        <LatestValues latest={appliance.latest} />
      </section>
      <div className="columns">
        {offers(role, 'readings') && (
          <section className="card">
            <h2>{t('appliance.history')}</h2>
            <ApplianceHistory appliance={appliance} alerts={own} alert={open.data} />
          </section>
        )}
        <div className="stack">
          <section className="card">
            <h2>{t('nav.alerts')}</h2>
            {own.length === 0 && <Empty>{t('alert.none')}</Empty>}
            <ul className="rows">
              {own.map((alert) => (
                <AlertRow key={alert.id} alert={alert} />
              ))}
            </ul>
          </section>
          <Reports appliance={appliance.id} />
          <PresenceCard appliance={appliance} />
          <FileCard appliance={appliance} />
          {offers(role, 'quarantine') && <Rejected appliance={appliance.id} />}
        </div>
      </div>
    </div>
  );
}

function FileCard({ appliance }: { appliance: Appliance }) {
  const { t } = useTranslation();
  const say = useSay();
  return (
    <section className="card">
      <h2>{t('appliance.file')}</h2>
      <dl className="facts">
        <div>
          <dt>{t('appliance.model')}</dt>
          <dd>
            {appliance.model.brand} {say.phrase(appliance.model.name)}
          </dd>
        </div>
        {appliance.serial && (
          <div>
            <dt>{t('appliance.serial')}</dt>
            <dd>{appliance.serial}</dd>
          </div>
        )}
        <div>
          <dt>{t('appliance.household')}</dt>
          <dd>
            {appliance.household
              ? `${appliance.household.name} · ${appliance.household.region}`
              : t('appliance.noHousehold')}
          </dd>
        </div>
        <div>
          <dt>{t('appliance.id')}</dt>
          <dd>
            <code>{appliance.id}</code>
          </dd>
        </div>
      </dl>
    </section>
  );
}
