// One visit: arrive prepared, then say what came out of it.
import { useTranslation } from 'react-i18next';
import { Link } from 'wouter';
import type { Person } from '#contracts';
import { useAlert, useCases } from '../../client/queries.ts';
import { AlertHistory } from '../../parts/alert/alert-history.tsx';
import { Answers } from '../../parts/alert/answers.tsx';
import { RemoteTestBox } from '../../parts/alert/remote-test.tsx';
import { SafetyStops, safetyOf } from '../../parts/alert/safety.tsx';
import { CausesCard, EvidenceCard } from '../../parts/alert/why.tsx';
import { VisitClock } from '../../parts/case/clock.tsx';
import { Place } from '../../parts/case/place.tsx';
import { useSlotWords } from '../../parts/case/slot-words.ts';
import { Timeline } from '../../parts/case/timeline.tsx';
import { PageHead } from '../../parts/shell/page-head.tsx';
import { Loaded } from '../../parts/status/loaded.tsx';
import { VisitStatePill } from '../../parts/status/pills.tsx';
import { useSay } from '../../reader.tsx';
import { OfferButtons } from './offer-buttons.tsx';
import { ResultForm } from './result-form.tsx';
import { type Job, jobsOf } from './visits.tsx';

export function TechnicianVisitPage({ id, person }: { id: string; person: Person }) {
  const { t } = useTranslation();
  const cases = useCases('all');
  const back = { to: '/', words: t('visits.title') };
  return (
    <Loaded from={cases} lines={10}>
      {({ items }) => {
        const job = jobsOf(items, person).find(({ visit }) => visit.id === id);
        return job ? <VisitView job={job} back={back} /> : <PageHead title={t('visits.noLonger')} back={back} />;
      }}
    </Loaded>
  );
}

function VisitView({ job: { of, visit }, back }: { job: Job; back: { to: string; words: string } }) {
  const { t } = useTranslation();
  const say = useSay();
  const words = useSlotWords();
  const alert = useAlert(of.alertId);
  const likely = alert.data?.causes[0];
  return (
    <>
      <PageHead title={say.phrase(of.title)} lead={visit.slot ? words.full(visit.slot) : t('case.noSlot')} back={back}>
        <VisitStatePill state={visit.state} />
      </PageHead>
      <div className="columns">
        <div className="stack">
          <section className="card">
            <h2>{t('visits.prepare')}</h2>
            <SafetyStops phrases={safetyOf(alert.data?.causes ?? [])} forStaff />
            <Place of={of} />
            {likely && (
              <>
                <h3 className="label">{t('visits.likely')}</h3>
                <p>{`${say.phrase(likely.name)} · ${say.percent(likely.probability)}`}</p>
              </>
            )}
            {visit.parts.length > 0 && (
              <>
                <h3 className="label">{t('case.parts')}</h3>
                <ul className="plain-list">
                  {visit.parts.map((part) => (
                    <li key={part.en}>{say.phrase(part)}</li>
                  ))}
                </ul>
              </>
            )}
            {visit.state === 'offered' && (
              <div className="actions">
                <VisitClock visit={visit} />
                <OfferButtons visit={visit.id} />
              </div>
            )}
          </section>
          {visit.state === 'accepted' && (
            <section className="card">
              <h2>{t('visits.result')}</h2>
              <ResultForm visit={visit.id} causes={alert.data?.causes ?? []} />
            </section>
          )}
          <section className="card">
            <h2>{t('case.timeline')}</h2>
            <Timeline entries={of.timeline} />
            <Link className="more" href={`/appliances/${of.appliance}`}>
              {t('alert.toAppliance')}
            </Link>
          </section>
        </div>
        <Loaded from={alert} lines={10}>
          {(data) => (
            <div className="stack">
              <CausesCard alert={data} forStaff />
              <RemoteTestBox alert={data} />
              <EvidenceCard alert={data} />
              <AlertHistory alert={data} />
              <section className="card">
                <h2>{t('alert.answers')}</h2>
                <Answers alert={data} />
              </section>
            </div>
          )}
        </Loaded>
      </div>
    </>
  );
}
