// One visit in the technician's list: what, where, when, which part; accept or refuse.
import { useTranslation } from 'react-i18next';
import { Link } from 'wouter';
import { useAlert } from '../../client/queries.ts';
import { VisitClock } from '../../parts/case/clock.tsx';
import { useSlotWords } from '../../parts/case/slot-words.ts';
import { VisitStatePill } from '../../parts/status/pills.tsx';
import { useSay } from '../../reader.tsx';
import { OfferButtons } from './offer-buttons.tsx';
import type { Job } from './visits.tsx';

export function VisitCard({ job: { of, visit } }: { job: Job }) {
  const { t } = useTranslation();
  const say = useSay();
  const words = useSlotWords();
  const cause = useAlert(of.alertId).data?.causes[0];
  return (
    <article className="card">
      <div className="card-head">
        <h3>{say.phrase(of.title)}</h3>
        {visit.state === 'offered' ? <VisitClock visit={visit} /> : <VisitStatePill state={visit.state} />}
      </div>
      <dl className="facts">
        <div>
          <dt>{t('case.slot')}</dt>
          <dd>{visit.slot ? words.full(visit.slot) : t('case.noSlot')}</dd>
        </div>
        <div>
          <dt>{t('case.where')}</dt>
          <dd>
            {of.household
              ? `${of.household.name}, ${of.household.address || of.household.region}`
              : t('case.noAddress')}
          </dd>
        </div>
        <div className="likely">
          <dt>{t('visits.likely')}</dt>
          <dd>{cause ? `${say.phrase(cause.name)} · ${say.percent(cause.probability)}` : '–'}</dd>
        </div>
        {visit.parts.length > 0 && (
          <div>
            <dt>{t('case.parts')}</dt>
            <dd>{visit.parts.map(say.phrase).join(' · ')}</dd>
          </div>
        )}
      </dl>
      <div className="actions">
        {visit.state === 'offered' && <OfferButtons visit={visit.id} />}
        <Link className={`button ${visit.state === 'offered' ? 'quiet' : ''}`} href={`/visits/${visit.id}`}>
          {t('visits.open')}
        </Link>
      </div>
    </article>
  );
}
