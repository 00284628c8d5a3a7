// What the owner does now: the steps of the likeliest cause, or what to do until somebody comes; and what follows if it stays.
import { useTranslation } from 'react-i18next';
import type { Alert } from '#contracts';
import { useSay } from '../../reader.tsx';

const HOUR_MS = 3_600_000;

export function Steps({ alert }: { alert: Alert }) {
  const { t } = useTranslation();
  const say = useSay();
  const { remedy } = alert.causes[0]!;
  const steps = remedy.by === 'owner' ? remedy.steps : remedy.meanwhile;
  const after = remedy.by === 'owner' ? remedy.ifItStays : undefined;
  if (steps.length === 0) return null;
  return (
    <section>
      <h3 className="label">{t('alert.whatNow')}</h3>
      <ol className="steps">
        {steps.map((step) => (
          <li key={step.en}>
            <span>{say.phrase(step)}</span>
          </li>
        ))}
      </ol>
      {after && (
        <p className="small">
          {t('remedy.ifItStays', { time: say.quantity({ value: after.afterHours * HOUR_MS, unit: 'duration' }) })}
          {': '}
          {t('remedy.ifItStaysOwner')}
        </p>
      )}
      {alert.reviewedBy === null && <p className="small">{t('remedy.notReviewed')}</p>}
    </section>
  );
}
