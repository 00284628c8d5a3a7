// What is usual for healthy appliances of each model, and which lie far from it.
import { useTranslation } from 'react-i18next';
import { Link } from 'wouter';
import type { Cohort } from '#contracts';
import { useCohorts } from '../../client/explanations.ts';
import { PageHead } from '../../parts/shell/page-head.tsx';
import { Empty, Loaded } from '../../parts/status/loaded.tsx';
import { useSay, useTimes } from '../../reader.tsx';

export function CohortsPage() {
  const { t } = useTranslation();
  const cohorts = useCohorts();
  return (
    <div className="narrow wide">
      <PageHead title={t('cohorts.title')} lead={t('cohorts.lead')} back={{ to: '/rules', words: t('rules.title') }} />
      <Loaded from={cohorts} lines={8}>
        {({ items }) => (
          <div className="stack">
            {items.length === 0 && (
              <section className="card">
                <Empty>{t('cohorts.none')}</Empty>
              </section>
            )}
            {items.map((cohort) => (
              <CohortCard key={cohort.model} cohort={cohort} />
            ))}
          </div>
        )}
      </Loaded>
    </div>
  );
}

function CohortCard({ cohort: { name, model, since, appliances, usual, outliers } }: { cohort: Cohort }) {
  const { t } = useTranslation();
  const say = useSay();
  const times = useTimes();
  return (
    <section className="card">
      <h2>{say.phrase(name)}</h2>
      <p className="small">
        {[model, t('cohorts.appliances', { count: appliances }), t('time.since', { when: times.date(since) })].join(
          ' · ',
        )}
      </p>
      <dl className="facts">
        {usual.map(({ measure, name: words, median, spread }) => (
          <div key={measure}>
            <dt>{say.phrase(words)}</dt>
            <dd>{t('cohorts.level', { median: say.quantity(median), spread: say.quantity(spread) })}</dd>
          </div>
        ))}
      </dl>
      {outliers.length > 0 && <Outliers outliers={outliers} usual={usual} />}
    </section>
  );
}

function Outliers({ outliers, usual }: Pick<Cohort, 'outliers' | 'usual'>) {
  const { t } = useTranslation();
  const say = useSay();
  const words = new Map(usual.map(({ measure, name }) => [measure, name]));
  return (
    <>
      <h3>{t('cohorts.outliers')}</h3>
      <ul className="rows">
        {outliers.map(({ appliance, name, measure, level }) => (
          <li key={`${appliance} ${measure}`}>
            <Link className="row-link" href={`/appliances/${appliance}/why`}>
              <span>
                <strong>{name}</strong>
                <span className="small block">{say.phrase(words.get(measure)!)}</span>
              </span>
              <span className="figure">{say.quantity(level)}</span>
            </Link>
          </li>
        ))}
      </ul>
    </>
  );
}
