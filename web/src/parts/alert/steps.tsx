// What the owner does now: the steps of the likeliest cause, or what to do until somebody comes.
import { useTranslation } from 'react-i18next';
import type { RankedCause } from '#contracts';
import { useSay } from '../../reader.tsx';

export function Steps({ cause, heading: Heading = 'h3' }: { cause: RankedCause; heading?: 'h2' | 'h3' }) {
  const { t } = useTranslation();
  const say = useSay();
  const steps = cause.remedy.by === 'owner' ? cause.remedy.steps : cause.remedy.meanwhile;
  if (steps.length === 0) return null;
  return (
    <section>
      <Heading className="label">{t('alert.whatNow')}</Heading>
      <ol className="steps">
        {steps.map((step) => (
          <li key={step.en}>
            <span>{say.phrase(step)}</span>
          </li>
        ))}
      </ol>
    </section>
  );
}
