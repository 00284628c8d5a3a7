// Everything behind an alert: causes, evidence, what would end it, answers, messages, the rule.
import { useTranslation } from 'react-i18next';
import type { Alert } from '#contracts';
import { useSay } from '../../reader.tsx';
import { Answers } from './answers.tsx';
import { Causes } from './causes.tsx';
import { EvidenceList } from './evidence.tsx';
import { InNumbers } from './in-numbers.tsx';
import { Messages } from './messages.tsx';

export function CausesCard({ alert, forStaff }: { alert: Alert; forStaff?: boolean }) {
  const { t } = useTranslation();
  return (
    <section className="card">
      <h2>{t('alert.causes')}</h2>
      <Causes causes={alert.causes} forStaff={forStaff} />
    </section>
  );
}

export function EvidenceCard({ alert }: { alert: Alert }) {
  const { t } = useTranslation();
  const say = useSay();
  return (
    <section className="card">
      <h2>{t('alert.why')}</h2>
      <p className="soft">{t('alert.evidenceLead')}</p>
      <EvidenceList evidence={alert.evidence} />
      <h3 className="label">{t('alert.wouldClear')}</h3>
      <p>{say.phrase(alert.wouldClear)}</p>
      <InNumbers alert={alert} />
      <p className="small">
        {t('alert.rule', alert.rule)} ·{' '}
        {alert.reviewedBy ? t('alert.reviewed', { who: alert.reviewedBy }) : t('alert.notReviewed')}
      </p>
    </section>
  );
}

export function WordsCard({ alert }: { alert: Alert }) {
  const { t } = useTranslation();
  return (
    <section className="card">
      <h2>{t('alert.answers')}</h2>
      <Answers alert={alert} />
      <h2>{t('alert.messages')}</h2>
      <Messages messages={alert.notifications} />
    </section>
  );
}
