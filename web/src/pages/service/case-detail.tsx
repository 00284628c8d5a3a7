// One case for the dispatcher: the visit, who could go, where, and what has happened.
import { useTranslation } from 'react-i18next';
import { Link } from 'wouter';
import { useAlert, useCase, usePerson } from '../../client/queries.ts';
import { Causes } from '../../parts/alert/causes.tsx';
import { HandOverCase } from '../../parts/case/hand-over-case.tsx';
import { Place } from '../../parts/case/place.tsx';
import { StaffVisit } from '../../parts/case/staff-visit.tsx';
import { Timeline } from '../../parts/case/timeline.tsx';
import { offers } from '../../parts/offers.ts';
import { Loaded } from '../../parts/status/loaded.tsx';
import { CaseStatePill } from '../../parts/status/pills.tsx';
import { useSay } from '../../reader.tsx';

export function CaseDetail({ id }: { id: string }) {
  const { t } = useTranslation();
  const say = useSay();
  const { role } = usePerson();
  const serviceCase = useCase(id);
  const alert = useAlert(serviceCase.data?.alertId);
  return (
    <Loaded from={serviceCase} lines={12}>
      {(data) => (
        <div className="stack">
          <section className="card">
            <div className="card-head">
              <h2>{say.phrase(data.title)}</h2>
              <CaseStatePill state={data.state} />
            </div>
            <Place of={data} />
            <Link className="more" href={`/alerts/${data.alertId}`}>
              {t('alert.toAlert')}
            </Link>
          </section>
          {data.visits.toReversed().map((visit) => (
            <StaffVisit key={visit.id} visit={visit} of={data} />
          ))}
          {data.state === 'open' && offers(role, 'handOverCase') && <HandOverCase id={data.id} />}
          <section className="card">
            <h2>{t('case.timeline')}</h2>
            <Timeline entries={data.timeline} />
          </section>
          <section className="card">
            <h2>{t('case.diagnosis')}</h2>
            <Loaded from={alert}>{({ causes }) => <Causes causes={causes} forStaff />}</Loaded>
          </section>
        </div>
      )}
    </Loaded>
  );
}
