// What a person can do about an alert: say "seen", ask for a technician, go to the case.
import { useTranslation } from 'react-i18next';
import { Link } from 'wouter';
import type { Alert } from '#contracts';
import { useAcknowledge, useRequestService } from '../../client/actions.ts';
import { usePerson } from '../../client/queries.ts';
import { offers } from '../offers.ts';
import { ProblemNote } from '../status/problem-note.tsx';

export function AlertActions({ alert }: { alert: Alert }) {
  const { t } = useTranslation();
  const { role } = usePerson();
  const acts = offers(role, 'actOnAlert');
  const acknowledge = useAcknowledge(alert.id);
  const request = useRequestService(alert.id);
  return (
    <div className="actions">
      {alert.caseId && offers(role, 'cases') && (
        <Link className="button" href={`/cases/${alert.caseId}`}>
          {t('alert.toCase')}
        </Link>
      )}
      {acts && alert.state === 'open' && (
        <button
          type="button"
          className="button quiet"
          disabled={acknowledge.isPending}
          onClick={() => acknowledge.mutate()}
        >
          {t('alert.acknowledge')}
        </button>
      )}
      {acts && !alert.closedAt && !alert.caseId && !request.isSuccess && (
        <button type="button" className="button quiet" disabled={request.isPending} onClick={() => request.mutate()}>
          {t('alert.askService')}
        </button>
      )}
      {alert.state === 'acknowledged' && <p className="soft">{t('alert.acknowledged')}</p>}
      {request.isSuccess && !alert.caseId && (
        <p className="soft" role="status">
          {t('alert.askedService')}
        </p>
      )}
      <ProblemNote error={acknowledge.error ?? request.error} />
    </div>
  );
}
