// The evidence of one alert, for the service.
import { useTranslation } from 'react-i18next';
import { Link } from 'wouter';
import { useAlert } from '../../client/queries.ts';
import { AlertActions } from '../../parts/alert/alert-actions.tsx';
import { AlertHistory } from '../../parts/alert/alert-history.tsx';
import { NextStep } from '../../parts/alert/next-step.tsx';
import { QuestionBox } from '../../parts/alert/question.tsx';
import { RemoteTestBox } from '../../parts/alert/remote-test.tsx';
import { SafetyStops, safetyOf } from '../../parts/alert/safety.tsx';
import { CausesCard, EvidenceCard, WordsCard } from '../../parts/alert/why.tsx';
import { Loaded } from '../../parts/status/loaded.tsx';
import { AlertStatePill, SeverityPill } from '../../parts/status/pills.tsx';
import { useSay, useTimes } from '../../reader.tsx';

export function AlertDetail({ id }: { id: string }) {
  const { t } = useTranslation();
  const say = useSay();
  const times = useTimes();
  const alert = useAlert(id);
  return (
    <Loaded from={alert} lines={12}>
      {(data) => (
        <div className="stack">
          <section className="card">
            <div className="card-head">
              <h2>{say.phrase(data.title)}</h2>
              {data.closedAt ? <AlertStatePill state={data.state} /> : <SeverityPill severity={data.severity} />}
            </div>
            <p className="small">
              <Link href={`/appliances/${data.appliance}`}>{data.applianceName}</Link> ·{' '}
              {t('time.since', { when: times.moment(data.openedAt) })}
            </p>
            {!data.closedAt && <SafetyStops phrases={safetyOf(data.causes)} forStaff />}
            <p>{say.phrase(data.summary)}</p>
            <NextStep next={data.next} />
            <AlertActions alert={data} />
          </section>
          <EvidenceCard alert={data} />
          <CausesCard alert={data} forStaff />
          <AlertHistory alert={data} />
          <QuestionBox alert={data} />
          <RemoteTestBox alert={data} />
          <WordsCard alert={data} />
        </div>
      )}
    </Loaded>
  );
}
