// One case, for the owner: who comes and when, and what has happened.
import { useTranslation } from 'react-i18next';
import { Link } from 'wouter';
import { useCase } from '../../client/queries.ts';
import { OwnerVisit } from '../../parts/case/owner-visit.tsx';
import { Timeline } from '../../parts/case/timeline.tsx';
import { PageHead } from '../../parts/shell/page-head.tsx';
import { Loaded } from '../../parts/status/loaded.tsx';
import { CaseStatePill } from '../../parts/status/pills.tsx';
import { useSay } from '../../reader.tsx';

export function OwnerCasePage({ id }: { id: string }) {
  const { t } = useTranslation();
  const say = useSay();
  const serviceCase = useCase(id);
  return (
    <Loaded from={serviceCase} lines={10}>
      {(data) => (
        <>
          <PageHead
            title={say.phrase(data.title)}
            lead={data.applianceName}
            back={{ to: `/alerts/${data.alertId}`, words: t('alert.toAlert') }}
          >
            <CaseStatePill state={data.state} />
          </PageHead>
          <div className="columns">
            <div className="stack">
              {data.visits.toReversed().map((visit) => (
                <OwnerVisit key={visit.id} visit={visit} />
              ))}
            </div>
            <section className="card">
              <h2>{t('case.timeline')}</h2>
              <Timeline entries={data.timeline} />
              <Link className="more" href={`/appliances/${data.appliance}`}>
                {t('alert.toAppliance')}
              </Link>
            </section>
          </div>
        </>
      )}
    </Loaded>
  );
}
