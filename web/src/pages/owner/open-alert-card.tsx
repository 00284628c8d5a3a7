// An open alert on one card: what happened, what to do now, one question, and what we will do if nothing happens.
import { useTranslation } from 'react-i18next';
import { Link } from 'wouter';
import type { Alert } from '#contracts';
import { useAlert } from '../../client/queries.ts';
import { AlertActions } from '../../parts/alert/alert-actions.tsx';
import { NextStep } from '../../parts/alert/next-step.tsx';
import { QuestionBox } from '../../parts/alert/question.tsx';
import { RemoteTestBox } from '../../parts/alert/remote-test.tsx';
import { SafetyStops, safetyOf } from '../../parts/alert/safety.tsx';
import { Steps } from '../../parts/alert/steps.tsx';
import { Icon } from '../../parts/shell/icons.tsx';
import { Loaded } from '../../parts/status/loaded.tsx';
import { SEVERITY_TONES, SeverityPill } from '../../parts/status/pills.tsx';
import { useSay, useTimes } from '../../reader.tsx';

export function OpenAlertCard({ id }: { id: string }) {
  const { t } = useTranslation();
  const alert = useAlert(id);
  return (
    <Loaded from={alert} lines={10}>
      {(data) => (
        <article className={`card alert-card tone-${SEVERITY_TONES[data.severity]}`}>
          <AlertHead alert={data} />
          <SafetyStops phrases={safetyOf(data.causes)} />
          <Steps alert={data} />
          <QuestionBox alert={data} />
          <RemoteTestBox alert={data} />
          <NextStep next={data.next} />
          <AlertActions alert={data} />
          <Link className="more" href={`/alerts/${id}`}>
            {t('alert.more')}
            <Icon name="open" />
          </Link>
        </article>
      )}
    </Loaded>
  );
}

function AlertHead({ alert }: { alert: Alert }) {
  const { t } = useTranslation();
  const say = useSay();
  const times = useTimes();
  return (
    <header className="alert-head">
      <div className="card-head">
        <SeverityPill severity={alert.severity} />
        <span className="small">
          {alert.applianceName} · {t('time.since', { when: times.moment(alert.openedAt) })}
        </span>
      </div>
      <h2>{say.phrase(alert.title)}</h2>
      <p>{say.phrase(alert.summary)}</p>
    </header>
  );
}
