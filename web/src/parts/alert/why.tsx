// Everything behind an alert: causes, evidence, what would end it, answers, messages, the rule.
import { useTranslation } from 'react-i18next';
import { Link } from 'wouter';
import type { Alert } from '#contracts';
import { usePerson } from '../../client/queries.ts';
import { useSay } from '../../reader.tsx';
import { offers } from '../offers.ts';
import { Answers } from './answers.tsx';
import { Causes } from './causes.tsx';
import { EvidenceList } from './evidence.tsx';
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

/** As it stands now, or stood when it was opened. */
const whyLink = ({ appliance, openedAt, closedAt }: Alert): string =>
  `/appliances/${appliance}/why${closedAt ? `?at=${encodeURIComponent(openedAt)}` : ''}`;

export function EvidenceCard({ alert }: { alert: Alert }) {
  const { t } = useTranslation();
  const say = useSay();
  const { role } = usePerson();
  return (
    <section className="card">
      <h2>{t('alert.why')}</h2>
      <p className="soft">{t('alert.evidenceLead')}</p>
      <EvidenceList evidence={alert.evidence} />
      <h3 className="label">{t('alert.wouldClear')}</h3>
      <p>{say.phrase(alert.wouldClear)}</p>
      {offers(role, 'readings') && (
        <p>
          <Link href={whyLink(alert)}>{t('why.ofAlert')}</Link>
        </p>
      )}
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
