// What would end an open alert, in numbers. It is worked out from weeks of readings, so only when somebody asks.
import { useState } from 'react';
import { useTranslation } from 'react-i18next';
import { Link } from 'wouter';
import type { Alert } from '#contracts';
import { useExplanation } from '../../client/explanations.ts';
import { usePerson } from '../../client/queries.ts';
import { useSay } from '../../reader.tsx';
import { offers } from '../offers.ts';
import { Loaded } from '../status/loaded.tsx';

/** As it stands now, or stood when it was opened. */
const whyLink = ({ appliance, openedAt, closedAt }: Alert): string =>
  `/appliances/${appliance}/why${closedAt ? `?at=${encodeURIComponent(openedAt)}` : ''}`;

export function InNumbers({ alert }: { alert: Alert }) {
  const { t } = useTranslation();
  const { role } = usePerson();
  const [asked, setAsked] = useState(false);
  if (!offers(role, 'readings')) return null;
  return (
    <>
      {!alert.closedAt && !asked && (
        <div className="actions">
          <button type="button" className="button quiet" onClick={() => setAsked(true)}>
            {t('why.inNumbers')}
          </button>
        </div>
      )}
      {asked && <Numbers alert={alert} />}
      <p>
        <Link href={whyLink(alert)}>{t('why.ofAlert')}</Link>
      </p>
    </>
  );
}

function Numbers({ alert }: { alert: Alert }) {
  const { t } = useTranslation();
  const say = useSay();
  const explanation = useExplanation(alert.appliance, null);
  return (
    <>
      {explanation.isPending && <p className="small">{t('why.takesTime')}</p>}
      <Loaded from={explanation} lines={1}>
        {({ rules }) => {
          const clears = rules.find(({ rule }) => rule === alert.problem)?.wouldClear;
          return <p>{clears ? say.phrase(clears) : t('why.noNumbers')}</p>;
        }}
      </Loaded>
    </>
  );
}
