// The owner's first page: how things are at home, what needs doing now, and each appliance.
import { useTranslation } from 'react-i18next';
import { Link } from 'wouter';
import type { AlertSummary, Appliance } from '#contracts';
import { useAlerts, useAppliances } from '../../client/queries.ts';
import { AlertRow } from '../../parts/alert/alert-row.tsx';
import { ApplianceCard } from '../../parts/appliance/appliance-card.tsx';
import { PageHead } from '../../parts/shell/page-head.tsx';
import { Loaded } from '../../parts/status/loaded.tsx';
import { URGENCY } from '../../parts/status/urgency.ts';
import { OpenAlertCard } from './open-alert-card.tsx';

export function OwnerHomePage() {
  const appliances = useAppliances();
  const alerts = useAlerts('open');
  return (
    <Loaded from={appliances} lines={6}>
      {({ items }) => (
        <Loaded from={alerts} lines={6}>
          {({ items: open }) => <Home appliances={items} open={open} />}
        </Loaded>
      )}
    </Loaded>
  );
}

function Home({ appliances, open }: { appliances: Appliance[]; open: AlertSummary[] }) {
  const { t } = useTranslation();
  const [first, ...others] = open.toSorted((a, b) => URGENCY[a.severity] - URGENCY[b.severity]);
  return (
    <>
      <HomeHead appliances={appliances.length} open={open.length} />
      <div className={first ? 'columns' : ''}>
        {first && (
          <div className="stack">
            <OpenAlertCard id={first.id} />
            {others.length > 0 && (
              <section className="card">
                <h2>{t('home.more')}</h2>
                <ul className="rows">
                  {others.map((alert) => (
                    <AlertRow key={alert.id} alert={alert} />
                  ))}
                </ul>
              </section>
            )}
          </div>
        )}
        {appliances.length > 0 && (
          <section className="stack">
            <div className="section-head">
              <h2>{t('home.appliances')}</h2>
              <Link className="button quiet small" href="/claim">
                {t('home.add')}
              </Link>
            </div>
            <div className="cards">
              {appliances.map((appliance) => (
                <ApplianceCard key={appliance.id} appliance={appliance} />
              ))}
            </div>
          </section>
        )}
      </div>
    </>
  );
}

function HomeHead({ appliances, open }: { appliances: number; open: number }) {
  const { t } = useTranslation();
  if (appliances === 0) {
    return (
      <PageHead title={t('home.empty')} lead={t('home.emptyLead')}>
        <Link className="button" href="/claim">
          {t('home.add')}
        </Link>
      </PageHead>
    );
  }
  if (open === 0) return <PageHead title={t('home.well')} lead={t('home.wellLead')} />;
  return <PageHead title={t('home.needsYou', { count: open })} lead={t('home.needsYouLead')} />;
}
