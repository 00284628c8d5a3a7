// The service's first page: how the fleet is, what is open, what waits for somebody.
import { useTranslation } from 'react-i18next';
import { Link } from 'wouter';
import type { Fleet } from '#contracts';
import { useFleet } from '../../client/queries.ts';
import { PageHead } from '../../parts/shell/page-head.tsx';
import { Empty, Loaded } from '../../parts/status/loaded.tsx';
import { SeverityPill } from '../../parts/status/pills.tsx';
import { useSay } from '../../reader.tsx';
import { ConditionBar } from './condition-bar.tsx';
import { WaitingCases } from './waiting-cases.tsx';

export function FleetPage() {
  const fleet = useFleet();
  return (
    <Loaded from={fleet} lines={10}>
      {(data) => <FleetView fleet={data} />}
    </Loaded>
  );
}

function FleetView({ fleet }: { fleet: Fleet }) {
  const { t } = useTranslation();
  return (
    <>
      <PageHead title={t('fleet.title')} lead={t('fleet.lead', { count: fleet.appliances })} />
      <Counts fleet={fleet} />
      <div className="columns">
        <div className="stack">
          <section className="card">
            <h2>{t('fleet.condition')}</h2>
            <ConditionBar fleet={fleet} />
          </section>
          <OpenByProblem fleet={fleet} />
        </div>
        <section className="card">
          <h2>{t('fleet.waiting')}</h2>
          <WaitingCases />
        </section>
      </div>
    </>
  );
}

function Counts({ fleet }: { fleet: Fleet }) {
  const { t } = useTranslation();
  const say = useSay();
  const alerts = fleet.openAlerts.reduce((sum, { count }) => sum + count, 0);
  const counts = [
    { words: t('nav.alerts'), count: alerts, to: '/alerts' },
    { words: t('fleet.openCases'), count: fleet.openCases, to: '/cases' },
    { words: t('fleet.overdue'), count: fleet.overdueVisits, to: '/cases' },
    { words: t('fleet.quarantined'), count: fleet.quarantinedToday, to: '/appliances' },
  ];
  return (
    <ul className="counts">
      {counts.map(({ words, count, to }) => (
        <li key={words}>
          <Link href={to}>
            <span className="count">{say.number(count)}</span>
            <span>{words}</span>
          </Link>
        </li>
      ))}
    </ul>
  );
}

function OpenByProblem({ fleet }: { fleet: Fleet }) {
  const { t } = useTranslation();
  const say = useSay();
  return (
    <section className="card">
      <h2>{t('fleet.openAlerts')}</h2>
      {fleet.openAlerts.length === 0 && <Empty>{t('alert.noMore')}</Empty>}
      <ul className="rows">
        {fleet.openAlerts.map((group) => (
          <li key={group.problem + group.severity}>
            <Link className="row-link" href="/alerts">
              <span className="figure-lead">
                <span className="count-small">{say.number(group.count)}</span>
                <strong>{say.phrase(group.title)}</strong>
              </span>
              <SeverityPill severity={group.severity} />
            </Link>
          </li>
        ))}
      </ul>
    </section>
  );
}
