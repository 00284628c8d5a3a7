// Accept or refuse a visit.
import { useTranslation } from 'react-i18next';
import { useAcceptVisit, useRefuseVisit } from '../../client/actions.ts';
import { ProblemNote } from '../../parts/status/problem-note.tsx';

export function OfferButtons({ visit }: { visit: string }) {
  const { t } = useTranslation();
  const accept = useAcceptVisit(visit);
  const refuse = useRefuseVisit(visit);
  const busy = accept.isPending || refuse.isPending;
  return (
    <>
      <button type="button" className="button" disabled={busy} onClick={() => accept.mutate()}>
        {t('visits.accept')}
      </button>
      <button type="button" className="button quiet" disabled={busy} onClick={() => refuse.mutate()}>
        {t('visits.refuse')}
      </button>
      <ProblemNote error={accept.error ?? refuse.error} />
    </>
  );
}
