// One alert in full, for the owner.
import { useTranslation } from 'react-i18next';
import type { Alert } from '#contracts';
import { useAlert } from '../../client/queries.ts';
import { AlertActions } from '../../parts/alert/alert-actions.tsx';
import { AlertHistory } from '../../parts/alert/alert-history.tsx';
import { NextStep } from '../../parts/alert/next-step.tsx';
import { QuestionBox } from '../../parts/alert/question.tsx';
import { RemoteTestBox } from '../../parts/alert/remote-test.tsx';
import { SafetyStops, safetyOf } from '../../parts/alert/safety.tsx';
import { Steps } from '../../parts/alert/steps.tsx';
import { CausesCard, EvidenceCard, WordsCard } from '../../parts/alert/why.tsx';
import { PageHead } from '../../parts/shell/page-head.tsx';
import { Loaded } from '../../parts/status/loaded.tsx';
import { AlertStatePill, SEVERITY_TONES, SeverityPill } from '../../parts/status/pills.tsx';
import { useSay, useTimes } from '../../reader.tsx';

export function OwnerAlertPage({ id }: { id: string }) {
  const alert = useAlert(id);
  return (
    <Loaded from={alert} lines={12}>
      {(data) => (
        <>
          <Head alert={data} />
          <div className="columns three">
            <ToDoCard alert={data} />
            <div className="stack side">
              <CausesCard alert={data} />
              <EvidenceCard alert={data} />
            </div>
            <div className="stack">
              <AlertHistory alert={data} />
              <WordsCard alert={data} />
            </div>
          </div>
        </>
      )}
    </Loaded>
  );
}

function Head({ alert }: { alert: Alert }) {
  const { t } = useTranslation();
  const say = useSay();
  const times = useTimes();
  const lead = alert.closedAt
    ? t('alert.overAt', { when: times.moment(alert.closedAt) })
    : t('time.since', { when: times.moment(alert.openedAt) });
  return (
    <PageHead
      title={say.phrase(alert.title)}
      lead={`${alert.applianceName} · ${lead}`}
      back={{ to: `/appliances/${alert.appliance}`, words: alert.applianceName }}
    >
      {alert.closedAt ? <AlertStatePill state={alert.state} /> : <SeverityPill severity={alert.severity} />}
    </PageHead>
  );
}

function ToDoCard({ alert }: { alert: Alert }) {
  const { t } = useTranslation();
  const say = useSay();
  return (
    <section className={`card alert-card tone-${alert.closedAt ? 'fine' : SEVERITY_TONES[alert.severity]}`}>
      <div className="alert-head">
        <h2 className="label">{t('alert.whatHappened')}</h2>
        <p>{say.phrase(alert.summary)}</p>
      </div>
      {!alert.closedAt && <SafetyStops phrases={safetyOf(alert.causes)} />}
      {!alert.closedAt && <Steps alert={alert} />}
      <QuestionBox alert={alert} />
      <RemoteTestBox alert={alert} />
      <NextStep next={alert.next} />
      <AlertActions alert={alert} />
    </section>
  );
}
